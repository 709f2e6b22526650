namespace Flotilla.Inspection.Reports;

/// <summary>Three lines a finding: the module and its file; the place, the function, the tool and the code; the message.</summary>
internal sealed class TextFormat : IReportFormat
{
    public string Name => "text";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output) => PeopleText.Write(this, report, options, output, WriteFindings);

    /// <summary>The second and third line of a finding, and the further lines of its message.</summary>
    public static void WriteBody(Finding finding, Paint paint, TextWriter output)
    {
        var place = finding.Location;
        var code = paint.Severity(finding.Severity, ReportText.Visible(finding.Code));
        output.Write($"    L{Number(place.Line)}:{Number(place.Line is null ? null : place.Column)} {ReportText.Visible(place.Function ?? "-")}: {ReportText.Visible(finding.Tool)} - {code}\n");
        foreach (var (i, line) in ReportText.Lines(finding.Message).Index()) output.Write(line.Length == 0 ? "\n" : $"{(i == 0 ? "    " : "        ")}{line}\n");
    }

    private static void WriteFindings(InspectionReport report, ReportOptions options, Paint paint, TextWriter output)
    {
        foreach (var finding in report.Findings)
        {
            var path = ReportText.Visible(ReportText.FilePath(report, options, finding.Location.Path));
            output.Write(paint.Bold(finding.Location.Module is { } module ? $"{ReportText.Visible(module)} ({path}):" : $"{path}:") + "\n");
            WriteBody(finding, paint, output);
            output.Write('\n');
        }
    }

    private static string Number(int? number) => number?.ToString() ?? "-";
}

/// <summary>As <see cref="TextFormat"/>, with the place first as Emacs' compilation mode reads it; a finding about a whole file stands at 1:1.</summary>
internal sealed class EmacsFormat : IReportFormat
{
    public string Name => "emacs";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output) => PeopleText.Write(this, report, options, output, WriteFindings);

    private static void WriteFindings(InspectionReport report, ReportOptions options, Paint paint, TextWriter output)
    {
        foreach (var finding in report.Findings)
        {
            var path = ReportText.Visible(ReportText.FilePath(report, options, finding.Location.Path));
            output.Write(paint.Bold($"{path}:{finding.Location.Line ?? 1}:{finding.Location.Column ?? 1}:") + "\n");
            TextFormat.WriteBody(finding, paint, output);
            output.Write('\n');
        }
    }
}
