using System.Text.RegularExpressions;
using Flotilla.Inspection.Python;

namespace Flotilla.Inspection.Frameworks;

/// <summary>
/// What a Python module imports and needs, by its lines: strings and comments are passed over. An import that may fail (in a
/// <c>try</c> whose <c>except ImportError</c> does not raise) or serves type checkers only is none, nor is any other
/// of the same library below the first level of that module.
/// </summary>
internal static partial class NeededImports
{
    /// <summary>Those of some top-level packages that are needed.</summary>
    public static IReadOnlyList<string> Of(string text, IReadOnlyList<string> packages)
    {
        var wanted = packages.Where(package => text.Contains(package, StringComparison.Ordinal)).ToList();
        if (wanted.Count == 0) return [];
        var lines = Lines(text);
        var optional = Optional(lines);
        var firm = new SortedSet<string>(StringComparer.Ordinal);
        var nested = new HashSet<string>(StringComparer.Ordinal);
        var soft = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
            foreach (var package in Imported(lines[i].Text).Where(wanted.Contains))
                (optional[i] ? (ISet<string>)soft : lines[i].Indent == 0 ? firm : nested).Add(package);
        firm.UnionWith(nested.Except(soft));
        return [.. firm];
    }

    private static List<PythonLine> Lines(string text) =>
        [.. from statement in new PythonSource(text).Statements
            from part in statement.Code.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            select new PythonLine(statement.Indentation, part)];

    private static IEnumerable<string> Imported(string line)
    {
        if (From().Match(line) is { Success: true } from) return [from.Groups["package"].Value];
        return Import().Match(line) is { Success: true } import ? import.Groups["names"].Value.Split(',').Select(name => name.Trim().Split(' ', '.')[0]) : [];
    }

    private static bool[] Optional(IReadOnlyList<PythonLine> lines)
    {
        var optional = new bool[lines.Count];
        for (var i = 0; i < lines.Count; i++)
            if (TypeChecking().IsMatch(lines[i].Text)) Array.Fill(optional, true, i, End(lines, i) - i);
            else if (lines[i].Text == "try:" && Handlers(lines, i) is > 0 and var end) Array.Fill(optional, true, i, end - i);
        return optional;
    }

    // Where a try statement ends that gets by without what it imports; 0 for another.
    private static int Handlers(IReadOnlyList<PythonLine> lines, int start)
    {
        var forgiving = false;
        var at = End(lines, start);
        while (at < lines.Count && lines[at].Indent == lines[start].Indent && Clause().IsMatch(lines[at].Text))
        {
            var end = End(lines, at);
            if (ImportFailure().IsMatch(lines[at].Text) && !lines.Skip(at).Take(end - at).Any(line => line.Text.Split(' ')[0] == "raise")) forgiving = true;
            at = end;
        }
        return forgiving ? at : 0;
    }

    // After the lines that are indented deeper than one.
    private static int End(IReadOnlyList<PythonLine> lines, int start)
    {
        var end = start + 1;
        while (end < lines.Count && lines[end].Indent > lines[start].Indent) end++;
        return end;
    }

    [GeneratedRegex(@"\Afrom\s+(?<package>[A-Za-z_]\w*)(\.[\w.]+)?\s+import\b", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex From();

    [GeneratedRegex(@"\Aimport\s+(?<names>[A-Za-z_][\w.,\s]*)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Import();

    [GeneratedRegex(@"\Aif\s+(\w+\.)?TYPE_CHECKING\s*:", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TypeChecking();

    [GeneratedRegex(@"\A(except|else|finally)\b", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Clause();

    [GeneratedRegex(@"\Aexcept\s*:|\Aexcept\b.*\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ImportFailure();

    private sealed record PythonLine(int Indent, string Text);
}
