using System.Security.Cryptography;
using System.Text;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;

namespace Flotilla.Inspection.Caching;

/// <summary>What findings depend on, as hashes: a file's content, what it imports, everything.</summary>
internal sealed class ContentHashes(SourceTree tree)
{
    private readonly Dictionary<string, string> _ofFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _withImports = new(StringComparer.Ordinal);
    private ImportGraph? _graph;

    /// <summary>SHA-256 of a file of the tree, or of any file by its full path; of nothing when it is not there.</summary>
    public string Of(string fullPath)
    {
        if (_ofFile.TryGetValue(fullPath, out var known)) return known;
        return _ofFile[fullPath] = Read(fullPath) is { } bytes ? Convert.ToHexString(SHA256.HashData(bytes)) : "absent";
    }

    /// <summary>A file and the files of the tree that it imports, directly or not.</summary>
    public string WithImports(SourceFile file)
    {
        if (_withImports.TryGetValue(file.Path, out var known)) return known;
        _graph ??= Graph();
        var text = new StringBuilder();
        foreach (var path in _graph.Reach(file.Path)) text.Append(path).Append(' ').Append(Of(Path.Combine(tree.Root, path))).Append('\n');
        return _withImports[file.Path] = Of(text);
    }

    /// <summary>All of some files, their paths included.</summary>
    public string Of(IEnumerable<SourceFile> files)
    {
        var text = new StringBuilder();
        foreach (var file in files) text.Append(file.Path).Append(' ').Append(Of(file.FullPath)).Append('\n');
        return Of(text);
    }

    /// <summary>The hash of a text.</summary>
    public static string Of(StringBuilder text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

    private ImportGraph Graph() => new(tree.Of(Languages.Python).ToDictionary(
        file => file.Path, file => PythonImports.Of(new PythonSource(FileText.Of(file.FullPath))), StringComparer.Ordinal));

    private static byte[]? Read(string fullPath)
    {
        try
        {
            return File.Exists(fullPath) ? File.ReadAllBytes(fullPath) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
