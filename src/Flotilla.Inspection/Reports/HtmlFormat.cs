namespace Flotilla.Inspection.Reports;

/// <summary>
/// One page that needs nothing else: no network, no other file, and no script to show everything; the script filters. First a picture
/// of where findings are and who reported them, then the findings with the lines that they are about.
/// </summary>
internal sealed class HtmlFormat : IReportFormat
{
    public string Name => "html";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output)
    {
        var html = new HtmlWriter(output);
        var title = $"Inspection of {Path.GetFileName(report.Root.TrimEnd('/')) switch { "" => "/", var folder => folder }}";
        html.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Raw($"<meta http-equiv=\"Content-Security-Policy\" content=\"{HtmlAssets.Policy}\">\n");
        html.Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.Write($"<title>{title}</title>\n");
        html.Raw($"<style>{HtmlAssets.Style}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#findings\">Skip to the findings</a>\n");
        html.Write($"<header>\n<h1>{title}</h1>\n<p class=\"facts\">{Facts(report)}</p>\n</header>\n");
        if (!options.MessagesOnly)
        {
            HtmlSummary.WriteProblems(html, report);
            HtmlSummary.WritePicture(html, report);
        }
        if (!options.SummaryOnly) HtmlFindings.Write(html, report, options);
        if (!options.MessagesOnly) HtmlSummary.WriteHowItWent(html, report);
        if (options.Profile is { } profile) WriteProfile(html, profile);
        html.Raw($"<script>{HtmlAssets.Script}</script>\n</body>\n</html>\n");
    }

    private static string Facts(InspectionReport report)
    {
        var findings = report.Findings.Count == 0 ? "No findings" : $"{ReportText.Count(report.Findings.Count, "finding")} ({ReportText.BySeverity(report.Findings)})";
        var files = ReportText.Count(report.Files.Values.Sum(), "file");
        return $"{findings} in {files}; finished {report.Completed.UtcDateTime:yyyy-MM-dd HH:mm} UTC, took {ReportText.Seconds(report)} s.";
    }

    private static void WriteProfile(HtmlWriter html, string profile)
    {
        html.Raw("<section aria-labelledby=\"profile\">\n<h2 id=\"profile\">Profile</h2>\n<pre tabindex=\"0\">");
        foreach (var line in ReportText.Lines(profile)) html.Write($"{line}\n");
        html.Raw("</pre>\n</section>\n");
    }
}
