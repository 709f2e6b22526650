namespace Flotilla.Inspection.Reports;

/// <summary>The findings on the page, each under its file, with what to filter by in attributes that the script reads.</summary>
internal static class HtmlFindings
{
    /// <summary>The fragment of each file's section, by path.</summary>
    public static IReadOnlyDictionary<string, string> Ids(InspectionReport report) =>
        report.Findings.Select(finding => finding.Location.Path).Distinct(StringComparer.Ordinal).Index().ToDictionary(file => file.Item, file => $"file{file.Index + 1}", StringComparer.Ordinal);

    public static void Write(HtmlWriter html, InspectionReport report, ReportOptions options)
    {
        html.Raw("<main id=\"findings\" tabindex=\"-1\">\n<h2>Findings</h2>\n");
        if (report.Findings.Count == 0) html.Raw("<p>There are none.</p>\n");
        else WriteFilter(html, report);
        var ids = Ids(report);
        var lines = new SourceLines(report.Root);
        foreach (var file in report.Findings.GroupBy(finding => finding.Location.Path, StringComparer.Ordinal))
        {
            var path = ReportText.FilePath(report, options, file.Key);
            html.Write($"<details class=\"file\" id=\"{ids[file.Key]}\" data-path=\"{path}\" open>\n<summary><h3>{path}</h3> <span class=\"count\">{file.Count()}</span></summary>\n<ul>\n");
            foreach (var finding in file) WriteFinding(html, finding, lines.Of(file.Key));
            html.Raw("</ul>\n</details>\n");
        }
        html.Raw("<p id=\"nothing\" hidden>No finding is like that.</p>\n</main>\n");
    }

    private static void WriteFilter(HtmlWriter html, InspectionReport report)
    {
        // Hidden until the script runs, as nothing comes of it without.
        html.Raw("<form id=\"filter\" class=\"filter\" role=\"search\" aria-label=\"Filter findings\" hidden>\n");
        html.Raw("<label>Path or words <input id=\"words\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label>\n");
        WriteChoice(html, "severity", "Severity", report.Findings.OrderByDescending(finding => finding.Severity).Select(finding => ReportText.Word(finding.Severity)));
        WriteChoice(html, "tool", "Tool", report.Findings.Select(finding => finding.Tool).Order(StringComparer.Ordinal));
        WriteChoice(html, "code", "Code", report.Findings.Select(finding => finding.Code).Order(StringComparer.Ordinal));
        html.Raw("<button type=\"reset\">Show all</button>\n<output id=\"shown\"></output>\n</form>\n");
    }

    private static void WriteChoice(HtmlWriter html, string id, string label, IEnumerable<string> values)
    {
        html.Write($"<label>{label} <select id=\"{id}\"><option value=\"\">any</option>");
        foreach (var value in values.Distinct(StringComparer.Ordinal)) html.Write($"<option>{value}</option>");
        html.Raw("</select></label>\n");
    }

    private static void WriteFinding(HtmlWriter html, Finding finding, IReadOnlyList<string>? lines)
    {
        var severity = ReportText.Word(finding.Severity);
        html.Write($"<li class=\"finding\" data-severity=\"{severity}\" data-tool=\"{finding.Tool}\" data-code=\"{finding.Code}\">\n<p><span class=\"severity {severity}\">{severity}</span> ");
        html.Write($"<span class=\"place\">{Place(finding.Location)}</span> <span class=\"message\">");
        WriteMessage(html, finding.Message);
        html.Raw("</span></p>\n<p class=\"names\">");
        WriteName(html, finding);
        if (finding.AlsoReportedBy.Count > 0)
        {
            html.Raw("; also ");
            foreach (var (i, name) in finding.AlsoReportedBy.Index())
                html.Write($"{(i == 0 ? "" : ", ")}<span title=\"{ReportText.OneLine(name.Message)}\">{name.Tool} <code>{name.Code}</code></span>");
        }
        if (finding.IsFixable) html.Raw("; the tool can mend it");
        html.Raw("</p>\n");
        if (lines is not null) HtmlSource.Write(html, lines, finding.Location);
        html.Raw("</li>\n");
    }

    private static void WriteMessage(HtmlWriter html, string message)
    {
        foreach (var (i, line) in ReportText.Lines(message).Index())
        {
            if (i > 0) html.Raw("\n");
            html.Text(line);
        }
    }

    private static void WriteName(HtmlWriter html, Finding finding)
    {
        html.Write($"{finding.Tool} ");
        if (WebAddress.Of(finding.DocUrl) is { } url) html.Write($"<a href=\"{url}\" rel=\"noreferrer noopener\"><code>{finding.Code}</code></a>");
        else html.Write($"<code>{finding.Code}</code>");
    }

    private static string Place(FindingLocation place) => place.Line is not { } line ? "whole file" : place.Column is { } column ? $"{line}:{column}" : $"{line}";
}
