using System.Text.RegularExpressions;
using Flotilla.Inspection.Blending;
using Flotilla.Inspection.Python;

namespace Flotilla.Inspection.Suppression;

/// <summary>The comments of Python's tools that silence findings. What stands behind a statement speaks of the whole statement, however many lines it has.</summary>
internal static partial class PythonComments
{
    /// <summary>Every such comment of a file.</summary>
    public static IEnumerable<CodeComment> Of(PythonSource source)
    {
        var end = int.MaxValue;
        foreach (var comment in source.Comments)
        {
            var (first, last) = source.StatementOf(comment.Line);
            if (FileNoqa().Match(comment.Text) is { Success: true } file)
                yield return new CodeComment(file.Value, comment.Line, 1, end, null, Codes(file.Groups["codes"].Value));
            else if (Noqa().Match(comment.Text) is { Success: true } noqa)
                yield return new CodeComment(noqa.Value.Trim(), comment.Line, first, last, null, Codes(noqa.Groups["codes"].Value));
            if (Nosec().Match(comment.Text) is { Success: true } nosec)
                yield return new CodeComment(nosec.Value.Trim(), comment.Line, first, last, "bandit", [.. Codes(nosec.Groups["codes"].Value).Where(code => code.StartsWith('B'))]);
            if (TypeIgnore().Match(comment.Text) is { Success: true } ignore)
                yield return new CodeComment(ignore.Value.Trim(), comment.Line, first, last, "mypy", Codes(ignore.Groups["codes"].Value));
            if (PylintPragma().Match(comment.Text) is not { Success: true } pragma) continue;
            foreach (Match order in PylintOrder().Matches(pragma.Groups["orders"].Value))
            {
                IReadOnlyList<string> codes = [.. Codes(order.Groups["codes"].Value).Select(DefectNames.PylintSymbol)];
                switch (order.Groups["order"].Value)
                {
                    case "skip-file":
                        yield return new CodeComment(comment.Text.Trim(), comment.Line, 1, end, null, []);
                        break;
                    case "disable-next":
                        var next = source.Statements.FirstOrDefault(statement => statement.First > comment.Line);
                        if (next is not null && codes.Count > 0) yield return PylintOn(source.StatementOf(next.First));
                        break;
                    case "disable" when codes is ["all"]:
                        yield return new CodeComment(comment.Text.Trim(), comment.Line, comment.Alone ? comment.Line : first, comment.Alone ? BlockEnd(source, comment, ["all"]) : last, "pylint", []);
                        break;
                    case "disable" when codes.Count > 0:
                        yield return PylintOn(comment.Alone ? (comment.Line, BlockEnd(source, comment, codes)) : (first, last));
                        break;
                }

                CodeComment PylintOn((int First, int Last) lines) => new(comment.Text.Trim(), comment.Line, lines.First, lines.Last, "pylint", codes);
            }
        }
    }

    // A comment of its own line holds until its block ends, or until it is taken back.
    private static int BlockEnd(PythonSource source, PythonComment comment, IReadOnlyList<string> codes)
    {
        var outside = source.Statements.FirstOrDefault(statement => statement.First > comment.Line && statement.Indentation < comment.Column - 1);
        var back = source.Comments.FirstOrDefault(later => later.Line > comment.Line && later.Alone
            && Enable().Match(later.Text) is { Success: true } enable && Codes(enable.Groups["codes"].Value).Select(DefectNames.PylintSymbol).Intersect(codes, StringComparer.Ordinal).Any());
        return Math.Min(outside?.First - 1 ?? int.MaxValue, back?.Line - 1 ?? int.MaxValue);
    }

    private static string[] Codes(string text) => text.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"#\s*(flake8|ruff)[:=]\s*noqa(?<list>:\s*(?<codes>[\w, -]+))?\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex FileNoqa();

    // Codes end where words begin: "# noqa: F401 because of the plugins".
    [GeneratedRegex(@"#\s*noqa(?<list>\s*:\s*(?<codes>[A-Z][A-Z0-9]*\d+(?:[\s,]+[A-Z][A-Z0-9]*\d+)*|[a-z][a-z-]+-[a-z-]+(?:\s*,\s*[a-z][a-z-]+)*))?", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Noqa();

    [GeneratedRegex(@"#\s*nosec\b:?\s*(?<codes>(?:B\d{3}[\s,]*)*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Nosec();

    [GeneratedRegex(@"#\s*type:\s*ignore(?:\[(?<codes>[\w\s,-]+)\])?", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex TypeIgnore();

    [GeneratedRegex(@"#.*\bpylint:\s*(?<orders>[^#]+)", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex PylintPragma();

    [GeneratedRegex(@"(?<order>skip-file|disable-next|disable|enable)(?:\s*=\s*(?<codes>[\w-]+(?:\s*,\s*[\w-]+)*))?", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex PylintOrder();

    [GeneratedRegex(@"#.*\bpylint:.*\benable\s*=\s*(?<codes>[\w-]+(?:\s*,\s*[\w-]+)*)", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Enable();
}
