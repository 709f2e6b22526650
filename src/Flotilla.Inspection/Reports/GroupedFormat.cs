namespace Flotilla.Inspection.Reports;

/// <summary>Findings under their file and line, for people; after them how the inspection went.</summary>
internal sealed class GroupedFormat : IReportFormat
{
    /// <summary>An address longer than this would hide the findings; other formats have it.</summary>
    private const int LongestUrl = 80;

    public string Name => "grouped";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output) => PeopleText.Write(this, report, options, output, WriteFindings);

    private static void WriteFindings(InspectionReport report, ReportOptions options, Paint paint, TextWriter output)
    {
        foreach (var file in report.Findings.GroupBy(finding => finding.Location.Path, StringComparer.Ordinal))
        {
            output.Write(paint.Bold(ReportText.Visible(ReportText.FilePath(report, options, file.Key))) + "\n");
            foreach (var line in file.GroupBy(finding => finding.Location.Line).OrderBy(line => line.Key ?? 0))
            {
                output.Write(line.Key is { } number ? $"  Line: {number}\n" : "  Whole file\n");
                foreach (var finding in line) WriteFinding(finding, paint, output);
            }
            output.Write('\n');
        }
    }

    private static void WriteFinding(Finding finding, Paint paint, TextWriter output)
    {
        var lines = ReportText.Lines(finding.Message);
        output.Write($"    {ReportText.Visible(finding.Tool)}: {paint.Severity(finding.Severity, ReportText.Visible(finding.Code))} / {lines[0]}");
        if (finding.Location.Column is { } column) output.Write($" (col {column})");
        if (finding.Severity == Severity.Error) output.Write(' ' + paint.Severity(Severity.Error, "[error]"));
        output.Write('\n');
        foreach (var line in lines.Skip(1)) output.Write(line.Length == 0 ? "\n" : $"        {line}\n");
        if (finding.AlsoReportedBy.Count > 0)
            output.Write(paint.Faint("      also: " + string.Join(", ", finding.AlsoReportedBy.Select(name => ReportText.Visible($"{name.Tool} {name.Code}")))) + "\n");
        if (WebAddress.Of(finding.DocUrl) is { Length: <= LongestUrl } url) output.Write(paint.Faint($"      {url}") + "\n");
    }
}
