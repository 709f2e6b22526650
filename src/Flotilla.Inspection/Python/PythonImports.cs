using System.Text.RegularExpressions;

namespace Flotilla.Inspection.Python;

/// <summary>What a file imports, read from its logical lines; nothing is executed.</summary>
internal static partial class PythonImports
{
    /// <summary>Each import. A name imported from a package may be a module below it, so both are told.</summary>
    public static IReadOnlyList<PythonImport> Of(PythonSource source)
    {
        var imports = new List<PythonImport>();
        int? typeChecking = null;
        foreach (var statement in source.Statements)
        {
            if (typeChecking is { } outer && statement.Indentation <= outer) typeChecking = null;
            foreach (var part in statement.Code.Split(';'))
            {
                // "try: import a": a word that means nothing else, so what is before it is another statement.
                var inner = OnOneLine().Match(part.Trim());
                var code = inner.Success ? inner.Groups["import"].Value : part.Trim();
                var whenRun = typeChecking is null && statement.Indentation == 0 && !inner.Success;
                if (Import().Match(code) is { Success: true } import)
                    foreach (var name in import.Groups["names"].Value.Split(','))
                        imports.Add(new PythonImport(statement.First, 0, Word(name), [], whenRun));
                else if (From().Match(code) is { Success: true } from)
                    imports.Add(new PythonImport(statement.First, from.Groups["dots"].Value.Replace(" ", "", StringComparison.Ordinal).Length, from.Groups["module"].Value,
                        [.. from.Groups["names"].Value.Trim('(', ')', ' ').Split(',').Select(Word).Where(name => name.Length > 0)], whenRun));
            }
            if (TypeChecking().IsMatch(statement.Code)) typeChecking = statement.Indentation;
        }
        return imports;
    }

    private static string Word(string name) => name.Trim().Split(' ')[0];

    [GeneratedRegex(@"^import\s+(?<names>.+)$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Import();

    [GeneratedRegex(@"^from(?>\s*)(?<dots>(?>(?:\.\s*)*))(?<module>\w[\w.]*)?(?>\s*)import\b(?>\s*)(?<names>.*)$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex From();

    [GeneratedRegex(@"^[^:]*:(?:.*:)?\s*(?<import>(?:import|from)\b.*)$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex OnOneLine();

    [GeneratedRegex(@"^\s*if\s+(?:typing\.|t\.)?TYPE_CHECKING\s*:", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex TypeChecking();
}

/// <summary>One import.</summary>
/// <param name="Line">Where the statement begins.</param>
/// <param name="Level">How many dots stand before the module.</param>
/// <param name="Module">The dotted name after them; may be empty.</param>
/// <param name="Names">What is taken from it; empty for <c>import module</c>.</param>
/// <param name="WhenImported">True when it happens as soon as the file itself is imported: at its top level, and not for type checkers alone.</param>
internal sealed record PythonImport(int Line, int Level, string Module, IReadOnlyList<string> Names, bool WhenImported);
