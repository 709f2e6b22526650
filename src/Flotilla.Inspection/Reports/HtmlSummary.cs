using System.Globalization;

namespace Flotilla.Inspection.Reports;

/// <summary>The parts of the page about the inspection as a whole.</summary>
internal static class HtmlSummary
{
    private const int LongestTable = 15;

    private static readonly Severity[] WorstFirst = [Severity.Error, Severity.Warning, Severity.Note];

    /// <summary>Tools that failed: what they would have found is not on the page.</summary>
    public static void WriteProblems(HtmlWriter html, InspectionReport report)
    {
        var failed = report.Tools.Where(tool => tool.State == ToolState.Failed).ToList();
        if (failed.Count == 0) return;
        html.Raw("<section class=\"problems\" aria-labelledby=\"problems\">\n<h2 id=\"problems\">Tools that failed: what they would have found is not here</h2>\n<ul>\n");
        foreach (var tool in failed) html.Write($"<li><b>{tool.Name}</b> {tool.Problem?.ToString() ?? "It did not come to its end."}</li>\n");
        html.Raw("</ul>\n</section>\n");
    }

    /// <summary>Bars of findings by folder, file and tool.</summary>
    public static void WritePicture(HtmlWriter html, InspectionReport report)
    {
        if (report.Findings.Count == 0) return;
        html.Raw("<section aria-labelledby=\"picture\">\n<h2 id=\"picture\">Where findings are</h2>\n<ul class=\"legend\">\n");
        foreach (var word in WorstFirst.Select(ReportText.Word))
            html.Write($"<li><svg class=\"key\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><rect class=\"{word}\" width=\"16\" height=\"16\"/></svg> {word}</li>\n");
        html.Raw("</ul>\n<div class=\"picture\">\n");
        var ids = HtmlFindings.Ids(report);
        var folders = report.Findings.GroupBy(finding => Folder(finding.Location.Path), StringComparer.Ordinal).ToList();
        if (folders.Count > 1 && ids.Count > LongestTable) WriteBars(html, "Folder", folders, _ => null);
        WriteBars(html, "File", report.Findings.GroupBy(finding => finding.Location.Path, StringComparer.Ordinal), path => ids[path]);
        WriteBars(html, "Tool", report.Findings.GroupBy(finding => finding.Tool, StringComparer.Ordinal), _ => null);
        html.Raw("</div>\n</section>\n");
    }

    /// <summary>What was silenced, the tools, and what they were asked.</summary>
    public static void WriteHowItWent(HtmlWriter html, InspectionReport report)
    {
        WriteSuppressed(html, report);
        html.Raw("<section aria-labelledby=\"tools\">\n<h2 id=\"tools\">Tools</h2>\n");
        WriteWideTable(html, "tools", "Tool", "State", "Version", "#Files", "#From the cache", "#Findings", "#Seconds", "What to do");
        foreach (var tool in report.Tools)
        {
            html.Write($"<tr><th scope=\"row\">{tool.Name}</th><td class=\"{ReportText.Word(tool.State)}\">{ReportText.Word(tool.State)}</td><td>{tool.Version ?? "–"}</td>");
            html.Write($"<td class=\"number\">{tool.Files}</td><td class=\"number\">{tool.Cached}</td><td class=\"number\">{tool.Findings}</td>");
            html.Write($"<td class=\"number\">{tool.Elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)}</td><td class=\"said\">{tool.Problem?.ToString()}</td></tr>\n");
        }
        html.Raw("</tbody>\n</table>\n</div>\n<dl>\n");
        WriteFact(html, "Profiles", string.Join(", ", report.Profiles));
        WriteFact(html, "Strictness", report.Strictness ?? "none");
        WriteFact(html, "Libraries", string.Join(", ", report.Libraries));
        WriteFact(html, "Files", string.Join(", ", report.Files.Select(language => $"{language.Value} {language.Key}")));
        WriteFact(html, "Configuration", string.Join(", ", report.ExternalConfiguration.Select(each => $"{each.Key}: {each.Value}")));
        if (report.Known > 0) WriteFact(html, "Known", $"{ReportText.Count(report.Known, "finding")} that the baseline holds already");
        html.Raw("</dl>\n</section>\n");
    }

    private static void WriteSuppressed(HtmlWriter html, InspectionReport report)
    {
        if (report.Suppressed.Count == 0) return;
        html.Raw("<section aria-labelledby=\"suppressed\">\n<h2 id=\"suppressed\">Suppressed ");
        html.Write($"<small>{ReportText.Count(report.Suppressed.Count, "finding")} that the code's authors silenced</small></h2>\n");
        html.Raw("<details><summary>Show them</summary>\n");
        WriteWideTable(html, "suppressed", "Place", "By", "Tool", "Code", "Message");
        foreach (var each in report.Suppressed)
        {
            html.Write($"<tr><td>{each.Finding.Location.Path}:{each.Line}</td><td><code>{each.By}</code></td>");
            html.Write($"<td>{each.Finding.Tool}</td><td>{each.Finding.Code}</td><td class=\"said\">{ReportText.OneLine(each.Finding.Message)}</td></tr>\n");
        }
        html.Raw("</tbody>\n</table>\n</div>\n</details>\n</section>\n");
    }

    private static void WriteBars(HtmlWriter html, string what, IEnumerable<IGrouping<string, Finding>> groups, Func<string, string?> link)
    {
        var rows = groups
            .Select(group => (Name: group.Key, Counts: WorstFirst.Select(severity => group.Count(finding => finding.Severity == severity)).ToArray()))
            .OrderByDescending(row => row.Counts.Sum()).ThenBy(row => row.Name, StringComparer.Ordinal).ToList();
        var most = rows[0].Counts.Sum();
        html.Raw("<table class=\"bars\">\n");
        WriteHead(html, what, "", "#Errors", "#Warnings", "#Notes");
        foreach (var (name, counts) in rows.Take(LongestTable))
        {
            html.Raw("<tr><th scope=\"row\">");
            if (link(name) is { } id) html.Write($"<a href=\"#{id}\">");
            html.FilePath(name);
            html.Raw(link(name) is null ? "" : "</a>");
            html.Raw("</th><td class=\"bar\">");
            WriteBar(html, counts, most);
            html.Write($"</td><td class=\"number\">{counts[0]}</td><td class=\"number\">{counts[1]}</td><td class=\"number\">{counts[2]}</td></tr>\n");
        }
        html.Raw("</tbody>\n");
        if (rows.Count > LongestTable) html.Write($"<tfoot><tr><td colspan=\"5\">and {ReportText.Count(rows.Count - LongestTable, what.ToLowerInvariant())} more, with fewer findings each</td></tr></tfoot>\n");
        html.Raw("</table>\n");
    }

    private static void WriteBar(HtmlWriter html, int[] counts, int most)
    {
        html.Raw("<svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        var from = 0;
        foreach (var (severity, count) in WorstFirst.Zip(counts))
        {
            var left = (int)(1000L * from / most);
            var right = (int)(1000L * (from += count) / most);
            if (count > 0) html.Write($"<rect class=\"{ReportText.Word(severity)}\" x=\"{left}\" width=\"{Math.Max(2, right - left)}\" height=\"10\"/>");
        }
        html.Raw("</svg>");
    }

    /// <summary>The start of a table that scrolls by itself where the page is narrow.</summary>
    private static void WriteWideTable(HtmlWriter html, string heading, params string[] columns)
    {
        html.Write($"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{heading}\">\n<table>\n");
        WriteHead(html, columns);
    }

    /// <summary>The head of a table: <c>#</c> before a name is for numbers, and no name for a picture.</summary>
    private static void WriteHead(HtmlWriter html, params string[] columns)
    {
        html.Raw("<thead><tr>");
        foreach (var column in columns)
        {
            if (column.Length == 0) html.Raw("<td class=\"bar\"></td>");
            else if (column[0] == '#') html.Write($"<th scope=\"col\" class=\"number\">{column[1..]}</th>");
            else html.Write($"<th scope=\"col\">{column}</th>");
        }
        html.Raw("</tr></thead>\n<tbody>\n");
    }

    private static void WriteFact(HtmlWriter html, string name, string value)
    {
        if (value.Length > 0) html.Write($"<dt>{name}</dt><dd>{value}</dd>\n");
    }

    private static string Folder(string path) => path.LastIndexOf('/') is var slash && slash < 0 ? "." : path[..slash];
}
