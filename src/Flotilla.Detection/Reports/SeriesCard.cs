namespace Flotilla.Detection.Reports;

/// <summary>One series on the page: its name, a place for the picture, and all that was said about it as text.</summary>
internal static class SeriesCard
{
    public static void Write(HtmlWriter html, ReportSeries series, int index, ReportOptions options)
    {
        var (folder, name) = Split(series.Result.Path);
        html.Write($"<article class=\"card\" id=\"series-{index}\" data-series=\"{series.Result.Path}\" aria-labelledby=\"name-{index}\">\n");
        html.Write($"<h3 id=\"name-{index}\"><bdi><span class=\"folder\">{folder}</span>{name}</bdi></h3>\n");
        html.Write($"<p class=\"facts\">{CardText.Facts(series)}</p>\n");
        WriteNotes(html, series, options);
        if (series.Result.Detectors.Count > 0)
        {
            html.Write($"<p class=\"said\"><b class=\"who\">{series.Result.Detectors[0].Name}</b> <span class=\"what\">{CardText.Summary(series, 0)}</span></p>\n");
        }
        if (series.Points is not null)
        {
            var scored = series.Result.Detectors.Any(detector => detector.Scores is not null);
            html.Raw($"<figure class=\"chart\"{(scored ? " data-scored" : "")}></figure>\n");
            html.Raw("<script type=\"application/json\" class=\"data\">");
            html.Raw(EmbeddedSeries.Write(series, options.PointsPerSeriesMax));
            html.Raw("</script>\n");
        }
        WriteText(html, series);
        html.Raw("</article>\n");
    }

    private static void WriteNotes(HtmlWriter html, ReportSeries series, ReportOptions options)
    {
        if (series.WhyNot is { } reason) html.Write($"<p class=\"note\">{reason}</p>\n");
        if (series.Points is not null && series.Result.Points > options.PointsPerSeriesMax)
        {
            var rows = ReportText.Count((int)Math.Ceiling(2.0 * series.Result.Points / options.PointsPerSeriesMax));
            html.Write($"<p class=\"note\">The series is too long to be here whole: ");
            html.Write($"it is drawn from the least and the greatest of every {rows} points, and from every anomaly.</p>\n");
        }
        foreach (var detector in series.Result.Detectors)
            if (detector.Error is { } error) html.Write($"<p class=\"note problem\"><b>{detector.Name}</b> gave up: {error}</p>\n");
    }

    private static void WriteText(HtmlWriter html, ReportSeries series)
    {
        if (series.Result.Detectors.Count == 0) return;
        html.Raw("<details class=\"text\"><summary>In words</summary>\n");
        if (series.Result.Labels is { Count: > 0 } events)
        {
            html.Raw("<h4>Labelled events</h4>\n<ol>\n");
            foreach (var (index, window) in events.Index())
                html.Write($"<li>{CardText.Span(series, window)}. {CardText.Event(series, index)}</li>\n");
            html.Raw("</ol>\n");
        }
        WriteTable(html, series);
        foreach (var (index, detector) in series.Result.Detectors.Index())
        {
            if (detector.Anomalies.Count == 0) continue;
            html.Write($"<h4>{detector.Name}</h4>\n<pre tabindex=\"0\" aria-label=\"Alerts of {detector.Name}\">\n{CardText.AlertList(series, index)}</pre>\n");
        }
        html.Raw("</details>\n");
    }

    private static void WriteTable(HtmlWriter html, ReportSeries series)
    {
        var scored = series.Result.Labels is not null;
        html.Raw("<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Detector</th><th scope=\"col\">Anomalies</th>");
        if (scored)
        {
            foreach (var heading in (string[])["Found", "Missed", "False", "Delay", "NAB", "VUS-PR", "AUC-PR"])
                html.Write($"<th scope=\"col\">{heading}</th>");
        }
        html.Raw("<th scope=\"col\">CPU</th></tr></thead>\n<tbody>\n");
        foreach (var detector in series.Result.Detectors)
        {
            html.Write($"<tr><th scope=\"row\">{detector.Name}</th><td>{ReportText.Count(detector.Anomalies.Count)}</td>");
            if (scored)
            {
                var score = detector.Score;
                html.Write($"<td>{ReportText.Number(score?.Events.Found, "N0")}</td><td>{ReportText.Number(score?.Events.Missed, "N0")}</td>");
                html.Write($"<td>{ReportText.Number(score?.Events.False, "N0")}</td><td>{ReportText.Duration(score?.Events.MeanDelaySeconds)}</td>");
                html.Write($"<td>{ReportText.Number(score?.Nab.Standard, "0.0")}</td><td>{ReportText.Number(score?.VusPr, "0.000")}</td><td>{ReportText.Number(score?.AucPr, "0.000")}</td>");
            }
            html.Write($"<td>{ReportText.Duration(detector.Seconds)}</td></tr>\n");
        }
        html.Raw("</tbody></table></div>\n");
    }

    // The name of one of several series in a file follows a colon, and may hold slashes.
    private static (string Folder, string Name) Split(string path)
    {
        var slash = path.Split(':')[0].LastIndexOf('/') + 1;
        return (path[..slash], path[slash..]);
    }
}
