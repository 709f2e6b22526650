using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.Fixing;

/// <summary>
/// Mends white space at the ends of Python's lines and files: pycodestyle's W291, W293, W292 and W391, and pylint's trailing-whitespace,
/// missing-final-newline and trailing-newlines. What is in a string over several lines is its content, and stays.
/// </summary>
internal static class PythonLayoutFixes
{
    public static FixOutcome Find(ToolRun run, IReadOnlyList<Finding> findings)
    {
        var fixes = new List<FindingFix>();
        foreach (var file in run.Files)
        {
            var text = new TextLines(FileText.Of(file.FullPath));
            var strings = PythonStrings.LineEndsInside(text);
            foreach (var finding in findings.Where(finding => finding.Location.Path == file.Path && finding.Location.Line is not null))
                if (Edit(text, strings, finding.Code, finding.Location.Line!.Value) is { } edit) fixes.Add(new FindingFix(finding, [edit]));
        }
        return new FixOutcome(fixes);
    }

    private static TextEdit? Edit(TextLines text, HashSet<int> strings, string code, int line) => code switch
    {
        "W291" or "W293" or "trailing-whitespace" => WithoutTrail(text, strings, line),
        "W292" or "missing-final-newline" => text.Count > 0 && !text.IsEnded(text.Count) && !strings.Contains(text.Count) && text[text.Count].Length > 0
            ? new TextEdit(text.Count, text.EndColumn(text.Count), text.Count, text.EndColumn(text.Count), "\n") : null,
        "W391" or "trailing-newlines" => WithoutLastLines(text, strings),
        _ => null,
    };

    private static TextEdit? WithoutTrail(TextLines text, HashSet<int> strings, int line)
    {
        var content = text[line];
        var kept = content.TrimEnd(' ', '\t', '\f', '\v');
        // After a backslash the line would go on.
        if (kept.Length == content.Length || strings.Contains(line) || kept.EndsWith('\\')) return null;
        return new TextEdit(line, 1 + kept.EnumerateRunes().Count(), line, text.EndColumn(line), "");
    }

    private static TextEdit? WithoutLastLines(TextLines text, HashSet<int> strings)
    {
        var last = text.Count;
        while (last > 0 && string.IsNullOrWhiteSpace(text[last])) last--;
        if (last == text.Count || strings.Contains(last) || last == 0 || text[last].EndsWith('\\')) return null;
        return text.IsEnded(text.Count)
            ? new TextEdit(last + 1, 1, text.Count + 1, 1, "")
            : new TextEdit(last + 1, 1, text.Count, text.EndColumn(text.Count), "");
    }
}

/// <summary>Tells which lines of Python end inside of a string (docs.python.org, "String and Bytes literals").</summary>
internal static class PythonStrings
{
    public static HashSet<int> LineEndsInside(TextLines text)
    {
        var inside = new HashSet<int>();
        var quote = "";
        for (var number = 1; number <= text.Count; number++)
        {
            var line = text[number];
            for (var at = 0; at < line.Length;)
            {
                var rest = line.AsSpan(at);
                if (quote.Length > 0)
                {
                    if (rest[0] == '\\') at += 2;
                    else if (rest.StartsWith(quote))
                    {
                        at += quote.Length;
                        quote = "";
                    }
                    else at++;
                }
                else if (rest[0] == '#') break;
                else if (rest[0] is '"' or '\'')
                {
                    quote = rest.StartsWith(new string(rest[0], 3)) ? new string(rest[0], 3) : rest[0].ToString();
                    at += quote.Length;
                }
                else at++;
            }
            if (quote.Length == 0) continue;
            if (quote.Length == 3 || line.EndsWith('\\')) inside.Add(number);
            // A string of one line that has no end is a mistake; the next line begins anew.
            else quote = "";
        }
        return inside;
    }
}
