using Flotilla.Inspection.CSharp.Complexity;
using Flotilla.Inspection.Files;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Flotilla.Inspection.CSharp;

/// <summary>What can be said of a C# file without its project: whether it parses, and how complex it is.</summary>
internal static class LooseFiles
{
    private static readonly CSharpParseOptions Options = new CSharpParseOptions(LanguageVersion.Latest)
        .WithFeatures([new("FileBasedProgram", "true")]);

    /// <summary>The findings of one file; none for generated code.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<Finding> Check(SourceFile file, DiagnosticFindings findings, ComplexityRules rules, CancellationToken cancellationToken)
    {
        SourceText text;
        using (var stream = File.OpenRead(file.FullPath)) text = SourceText.From(stream);
        var tree = CSharpSyntaxTree.ParseText(text, Options, file.FullPath, cancellationToken);
        if (GeneratedCode.IsGenerated(tree, cancellationToken)) return [];
        return tree.GetDiagnostics(cancellationToken)
            .Select(diagnostic => findings.Of(diagnostic, null, file.FullPath)).OfType<Finding>()
            .Concat(Complexity(tree, findings, rules, cancellationToken));
    }

    /// <summary>What is too complex in a tree.</summary>
    public static IEnumerable<Finding> Complexity(SyntaxTree tree, DiagnosticFindings findings, ComplexityRules rules, CancellationToken cancellationToken) =>
        rules.Check(tree.GetRoot(cancellationToken))
            .Select(found => new Finding(FindingOrigin.Complexity, found.Code, found.Message, findings.LocationOf(tree, found.Span)));
}
