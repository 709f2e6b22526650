using Flotilla.Inspection.Files;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flotilla.Inspection.CSharp;

/// <summary>
/// Which lines of C# are one statement, or the head of one, or of a declaration: its attributes, modifiers, name and parameters. Tools report a defect of a
/// declaration at its first modifier, at its name, or at an attribute.
/// </summary>
internal sealed class CSharpStatements(SourceTree tree)
{
    private readonly Dictionary<string, string> _fullPaths = tree.Of(Languages.CSharp).Where(file => file.Path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase)).ToDictionary(file => file.Path, file => file.FullPath, StringComparer.Ordinal);
    private readonly Dictionary<string, (int First, int Last)[]> _known = new(StringComparer.Ordinal);

    /// <summary>The first and last line of what a line, counted from 1, belongs to; null for a file that is not C#.</summary>
    public (int First, int Last)? Of(string path, int line)
    {
        if (!_fullPaths.TryGetValue(path, out var full)) return null;
        if (!_known.TryGetValue(path, out var lines)) _known[path] = lines = Lines(FileText.Of(full));
        return line > 0 && line < lines.Length && lines[line].First > 0 ? lines[line] : (line, line);
    }

    /// <summary>The same for every line of a text; (0, 0) where there is neither.</summary>
    public static (int First, int Last)[] Lines(string text)
    {
        var source = CSharpSyntaxTree.ParseText(text);
        var lines = new (int, int)[source.GetText().Lines.Count + 1];
        // Outer ones come first, so that inner ones have their own lines.
        foreach (var node in source.GetRoot().DescendantNodes().Where(node => node is (StatementSyntax and not BlockSyntax) or (MemberDeclarationSyntax and not BaseNamespaceDeclarationSyntax)))
        {
            var (first, last) = (LineOf(node.SpanStart), LineOf(EndOfHead(node)));
            for (var line = first; line <= last; line++) lines[line] = (first, last);
        }
        return lines;

        int LineOf(int position) => source.GetLineSpan(new(position, 0)).StartLinePosition.Line + 1;
    }

    private static int EndOfHead(SyntaxNode node) => node.ChildNodes().FirstOrDefault(child => child is StatementSyntax or MemberDeclarationSyntax or AccessorListSyntax or ArrowExpressionClauseSyntax or SwitchSectionSyntax) is { } body
        && body.GetFirstToken().GetPreviousToken() is { RawKind: not 0 } before && before.SpanStart >= node.SpanStart
        ? before.Span.End : node.Span.End;
}
