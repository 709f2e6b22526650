using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>Parsed files, kept while their bytes and the options of their project do not change.</summary>
internal sealed class SourceTrees
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (SourceText Text, CSharpParseOptions Options, SyntaxTree Tree)> _known = new(StringComparer.Ordinal);

    /// <summary>The tree of a file.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="options">How to parse it.</param>
    /// <param name="algorithm">How the compiler was asked to hash sources.</param>
    /// <param name="cancellationToken">Stops the parser.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public SyntaxTree Of(string path, CSharpParseOptions options, SourceHashAlgorithm algorithm, CancellationToken cancellationToken)
    {
        SourceText text;
        using (var stream = File.OpenRead(path)) text = SourceText.From(stream, checksumAlgorithm: algorithm);
        lock (_lock)
            if (_known.TryGetValue(path, out var known) && known.Options.Equals(options) && known.Text.GetChecksum().SequenceEqual(text.GetChecksum()))
                return known.Tree;
        var tree = CSharpSyntaxTree.ParseText(text, options, path, cancellationToken);
        lock (_lock) _known[path] = (text, options, tree);
        return tree;
    }
}
