using Flotilla.Inspection.Files;
using Microsoft.CodeAnalysis;

namespace Flotilla.Inspection.CSharp;

/// <summary>Turns Roslyn's diagnostics into findings.</summary>
internal sealed class DiagnosticFindings(SourceTree tree)
{
    /// <summary>A finding; null for what is hidden.</summary>
    /// <param name="diagnostic">What Roslyn says.</param>
    /// <param name="assembly">The simple name of the assembly that reports it; null for the compiler.</param>
    /// <param name="project">Where it is when it has no place in a source.</param>
    public Finding? Of(Diagnostic diagnostic, string? assembly, string project)
    {
        if (SeverityOf(diagnostic.Severity) is not { } severity) return null;
        var help = diagnostic.Descriptor.HelpLinkUri;
        return new Finding(FindingOrigin.Of(diagnostic.Id, assembly), diagnostic.Id, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), LocationOf(diagnostic, project))
        {
            Severity = severity,
            DocUrl = string.IsNullOrEmpty(help) ? null : help,
        };
    }

    /// <summary>A place in a tree, with the names around it.</summary>
    public FindingLocation LocationOf(SyntaxTree source, Microsoft.CodeAnalysis.Text.TextSpan span)
    {
        var lines = source.GetLineSpan(span);
        var (module, function) = EnclosingMember.Of(NodeAt(source, span));
        return new FindingLocation(PathOf(source.FilePath), lines.StartLinePosition.Line + 1, lines.StartLinePosition.Character + 1)
        {
            EndLine = lines.EndLinePosition.Line + 1,
            EndColumn = lines.EndLinePosition.Character + 1,
            Module = module,
            Function = function,
        };
    }

    /// <summary>The innermost node that covers a span.</summary>
    public static SyntaxNode NodeAt(SyntaxTree source, Microsoft.CodeAnalysis.Text.TextSpan span)
    {
        var root = source.GetRoot();
        return root.FullSpan.Contains(span) ? root.FindNode(span, findInsideTrivia: false, getInnermostNodeForTie: true) : root;
    }

    /// <summary>A path as findings name it.</summary>
    public string PathOf(string fullPath) => tree.Inside(fullPath);

    private static Severity? SeverityOf(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => Severity.Error,
        DiagnosticSeverity.Warning => Severity.Warning,
        DiagnosticSeverity.Info => Severity.Note,
        _ => null,
    };

    private FindingLocation LocationOf(Diagnostic diagnostic, string project)
    {
        if (diagnostic.Location.SourceTree is { } source) return LocationOf(source, diagnostic.Location.SourceSpan);
        var lines = diagnostic.Location.GetLineSpan();
        return lines.IsValid && lines.Path.Length > 0
            ? new FindingLocation(PathOf(lines.Path), lines.StartLinePosition.Line + 1, lines.StartLinePosition.Character + 1)
            {
                EndLine = lines.EndLinePosition.Line + 1,
                EndColumn = lines.EndLinePosition.Character + 1,
            }
            : new FindingLocation(PathOf(project));
    }
}
