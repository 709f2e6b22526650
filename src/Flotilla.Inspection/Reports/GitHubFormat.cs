namespace Flotilla.Inspection.Reports;

/// <summary>
/// Workflow commands that make annotations (GitHub's documentation, "Workflow commands for GitHub Actions"):
/// <c>::error file=a.py,line=1,col=5,endLine=1,endColumn=9,title=pylint unused-import::message</c>.
/// </summary>
internal sealed class GitHubFormat : IReportFormat
{
    public string Name => "github";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output)
    {
        if (!options.SummaryOnly)
        {
            foreach (var finding in report.Findings) WriteFinding(finding, ReportText.FilePath(report, options, finding.Location.Path), output);
        }
        if (options.MessagesOnly) return;
        foreach (var tool in report.Tools.Where(tool => tool.State == ToolState.Failed))
            output.Write($"::error title={Property($"{tool.Name} failed")}::{Data(tool.Problem?.ToString() ?? "It did not come to its end.")}\n");
    }

    private static void WriteFinding(Finding finding, string path, TextWriter output)
    {
        var place = finding.Location;
        output.Write($"::{Command(finding.Severity)} file={Property(path)}");
        if (place.Line is { } line)
        {
            output.Write($",line={line}");
            if (place.Column is { } column) output.Write($",col={column}");
            if (place.EndLine >= line) output.Write($",endLine={place.EndLine}");

            // Without a line of its own the end is on the finding's line.
            if (place.EndColumn is { } end && (place.EndLine > line || ((place.EndLine ?? line) == line && end >= (place.Column ?? 1)))) output.Write($",endColumn={end}");
        }
        var also = finding.AlsoReportedBy.Count == 0 ? "" : $"\n(also {string.Join(", ", finding.AlsoReportedBy.Select(name => $"{name.Tool} {name.Code}"))})";
        output.Write($",title={Property($"{finding.Tool} {finding.Code}")}::{Data(finding.Message + also)}\n");
    }

    private static string Command(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "notice",
    };

    // The only escapes that the runner knows: actions/toolkit, packages/core, "escapeData" and "escapeProperty".
    private static string Data(string text) => string.Join("%0A", ReportText.Lines(text).Select(line => line.Replace("%", "%25")));

    private static string Property(string text) => ReportText.Visible(text).Replace("%", "%25").Replace(":", "%3A").Replace(",", "%2C");
}
