namespace Flotilla.Inspection.Reports;

/// <summary>The line that a finding is about with the one before and the one after, and its columns marked.</summary>
internal static class HtmlSource
{
    /// <summary>Of longer lines the part around the columns is shown: a file may be a single line.</summary>
    private const int LongestLine = 240;

    private const int BeforeColumn = 80;

    public static void Write(HtmlWriter html, IReadOnlyList<string> lines, FindingLocation place)
    {
        if (place.Line is not { } line || line < 1 || line > lines.Count) return;
        html.Raw("<pre>");
        for (var number = Math.Max(1, line - 1); number <= Math.Min(lines.Count, line + 1); number++)
        {
            html.Write($"<span class=\"at\">{number.ToString().PadLeft(5)}</span> ");
            if (number == line) WriteMarked(html, lines[number - 1], place);
            else html.Text(Shown(Cut(lines[number - 1], 0)));
            html.Raw("\n");
        }
        html.Raw("</pre>\n");
    }

    private static void WriteMarked(HtmlWriter html, string line, FindingLocation place)
    {
        var (start, end) = Columns(line, place);
        var skipped = line.Length > LongestLine && start > BeforeColumn ? Whole(line, start - BeforeColumn) : 0;
        var last = Math.Max(Whole(line, Math.Min(line.Length, skipped + LongestLine)), Whole(line, Math.Min(end, start + LongestLine)));
        html.Raw("<b>");
        html.Text((skipped > 0 ? "…" : "") + Shown(line[skipped..start]));
        if (end > start) html.Write($"<mark>{Shown(line[start..Math.Min(end, last)])}</mark>");
        if (last > end) html.Text(Shown(line[end..last]));
        html.Raw(last < line.Length ? "…</b>" : "</b>");
    }

    /// <summary>Where the finding's columns are in the string, which has two places for some characters; empty without a column.</summary>
    internal static (int Start, int End) Columns(string line, FindingLocation place)
    {
        if (place.Column is not { } column || column < 1) return (0, 0);
        var start = Index(line, column - 1);
        if (place.EndLine > place.Line) return (start, line.Length);
        if (place.EndColumn > column) return (start, Index(line, place.EndColumn.Value - 1));

        // The tool names no end: it is likely about the word.
        var end = start;
        while (end < line.Length && (char.IsLetterOrDigit(line[end]) || line[end] == '_')) end++;
        return (start, end == start ? Index(line, column) : end);
    }

    /// <summary>The index after so many characters.</summary>
    private static int Index(string line, int characters)
    {
        var index = 0;
        for (var i = 0; i < characters && index < line.Length; i++) index += char.IsSurrogatePair(line, index) ? 2 : 1;
        return index;
    }

    private static string Cut(string line, int from) => line.Length - from <= LongestLine ? line[from..] : line[from..Whole(line, from + LongestLine)] + "…";

    /// <summary>The index, moved out of the middle of a character.</summary>
    private static int Whole(string line, int index) => index > 0 && index < line.Length && char.IsLowSurrogate(line[index]) && char.IsHighSurrogate(line[index - 1]) ? index - 1 : index;

    private static string Shown(string text) => text.Replace("\t", "    ");
}
