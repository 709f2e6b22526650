using System.Globalization;
using System.Text;

namespace Flotilla.Inspection.Reports;

/// <summary>How formats put a report's parts into words.</summary>
internal static class ReportText
{
    /// <summary>
    /// Text of tools and of files on one line: what would move a terminal's cursor, colour it, turn the direction of
    /// writing or hide is written as an escape that can be seen, such as <c>\x1b</c> and <c>\u202e</c>.
    /// </summary>
    public static string Visible(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        var visible = new StringBuilder(text.Length + 16);
        foreach (var part in text.EnumerateRunes()) Append(visible, part);
        return visible.ToString();
    }

    /// <summary>The lines of a message, each <see cref="Visible"/>, without blank ones around them.</summary>
    public static string[] Lines(string message) => [.. message.ReplaceLineEndings("\n").Trim().Split('\n').Select(line => Visible(line.TrimEnd()))];

    /// <summary>A message on one line.</summary>
    public static string OneLine(string message) => string.Join("\\n", Lines(message));

    /// <summary>A path as the options want it, with <c>/</c>.</summary>
    public static string FilePath(InspectionReport report, ReportOptions options, string path) =>
        options.AbsolutePaths && !Path.IsPathRooted(path) ? $"{report.Root.TrimEnd('/')}/{path}" : path;

    /// <summary>The word for a severity in JSON and SARIF.</summary>
    public static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };

    /// <summary>The word for a tool's state.</summary>
    public static string Word(ToolState state) => state switch
    {
        ToolState.Ran => "ran",
        ToolState.Missing => "missing",
        _ => "failed",
    };

    /// <summary>The module that a path makes in pylint's headings: <c>a/b.py</c> is <c>a.b</c>, <c>a/__init__.py</c> is <c>a</c>.</summary>
    public static string ModuleOf(string path)
    {
        var dotted = path.TrimStart('/').Replace('/', '.');
        if (dotted.EndsWith(".__init__.py", StringComparison.Ordinal)) return dotted[..^".__init__.py".Length];
        return dotted.EndsWith(".py", StringComparison.Ordinal) ? dotted[..^".py".Length] : dotted;
    }

    /// <summary>A moment as Python writes it, which Prospector's readers know: <c>2026-05-04 10:11:12.000000+00:00</c>.</summary>
    public static string Moment(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

    /// <summary>How long an inspection took, in seconds with two decimals.</summary>
    public static string Seconds(InspectionReport report) => (report.Completed - report.Started).TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A count with its noun: "1 file", "2 files".</summary>
    public static string Count(int count, string noun) => $"{count.ToString("N0", CultureInfo.InvariantCulture)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>The severities that occur, worst first: "1 error, 3 warnings"; empty without findings.</summary>
    public static string BySeverity(IReadOnlyList<Finding> findings) =>
        string.Join(", ", findings.GroupBy(finding => finding.Severity).OrderByDescending(group => group.Key).Select(group => Count(group.Count(), Word(group.Key))));

    private static void Append(StringBuilder visible, Rune rune)
    {
        if (!IsHidden(rune)) visible.Append(rune.ToString());
        else if (rune.Value == '\n') visible.Append("\\n");
        else if (rune.Value == '\r') visible.Append("\\r");
        else if (rune.Value == '\t') visible.Append("\\t");
        else if (rune.Value < 0x100) visible.Append("\\x").Append(rune.Value.ToString("x2", CultureInfo.InvariantCulture));
        else if (rune.Value < 0x10000) visible.Append("\\u").Append(rune.Value.ToString("x4", CultureInfo.InvariantCulture));
        else visible.Append("\\U").Append(rune.Value.ToString("x8", CultureInfo.InvariantCulture));
    }

    /// <summary>Whether a character cannot be seen, or changes how others are seen.</summary>
    public static bool IsHidden(Rune rune) => rune.Value is 0xfffe or 0xffff
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
