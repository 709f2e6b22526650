namespace Flotilla.Inspection.Reports;

/// <summary>What the formats for people share: headings, the profile, and how the inspection went.</summary>
internal static class PeopleText
{
    public static void Write(IReportFormat format, InspectionReport report, ReportOptions options, TextWriter output, Action<InspectionReport, ReportOptions, Paint, TextWriter> writeFindings)
    {
        var paint = new Paint(options.Colour);
        var parts = new List<Action>();
        if (!options.SummaryOnly && report.Findings.Count > 0)
        {
            parts.Add(() =>
            {
                SummaryText.Heading("Messages", paint, output);
                output.Write('\n');
                writeFindings(report, options, paint, output);
            });
        }
        if (options.Profile is { } profile) parts.Add(() => SummaryText.WriteProfile(profile, paint, output));
        if (!options.MessagesOnly) parts.Add(() => SummaryText.Write(report, format.Name, paint, output));
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0) output.Write('\n');
            parts[i]();
        }
    }
}
