using System.Text.Json;
using Flotilla.Detection.Bench;

namespace Flotilla.Detection.Reports;

/// <summary>
/// A result of the bench as one HTML page that needs nothing else: no network, no other file. It has a picture of each series
/// with the anomalies on the points that were judged, the labelled events shaded, and the scores below; all that it says is there as text as well.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page; save it as UTF-8.</summary>
    /// <param name="result">What the detectors said.</param>
    /// <param name="series">The series they were asked about; matched by <see cref="Series.Path"/>. One that is absent is not drawn, and the page says so.</param>
    /// <param name="output">Where to.</param>
    /// <param name="options">What can be chosen; null for the usual.</param>
    /// <exception cref="ArgumentException">The result has a position outside its series, or a detector twice on one series.</exception>
    public static void Write(BenchResult result, IReadOnlyList<Series> series, TextWriter output, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(output);
        foreach (var each in result.Series) Check(each);
        options ??= new ReportOptions();
        var model = new ReportModel(result, series);
        var html = new HtmlWriter(output);

        html.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Write($"<meta http-equiv=\"Content-Security-Policy\" content=\"{ReportAssets.Policy}\">\n");
        html.Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.Write($"<title>{options.Title}</title>\n");
        html.Raw($"<style>{ReportAssets.Style}</style>\n</head>\n<body>\n");
        html.Raw("<a class=\"skip\" href=\"#series\">Skip to the series</a>\n");
        WriteHeader(html, model, options);
        SummaryTable.Write(html, model);
        WriteSeries(html, model, options);
        html.Raw($"<script>{ReportAssets.Script}</script>\n</body>\n</html>\n");
    }

    private static void WriteHeader(HtmlWriter html, ReportModel model, ReportOptions options)
    {
        var result = model.Result;
        html.Write($"<header>\n<h1>{options.Title}</h1>\n<p class=\"facts\">{Facts(model)}</p>\n");
        if (result.Shard is { } shard) html.Write($"<p class=\"note\">This is part {shard.Index} of {shard.Count} of a run. Join the parts with \"flotilla bench merge\".</p>\n");
        if (!result.Complete)
            html.Raw("<p class=\"note problem\"><b>The run was interrupted.</b> Series and detectors that are not here were not judged; what is here is right.</p>\n");
        if (result.Problems is { Count: > 0 } problems)
        {
            html.Write($"<section class=\"problems\" aria-labelledby=\"problems\">\n<h2 id=\"problems\">{ReportText.Count(problems.Count, "problem")}</h2>\n<ul>\n");
            foreach (var problem in problems) html.Write($"<li>{problem}</li>\n");
            html.Raw("</ul>\n</section>\n");
        }
        html.Raw("</header>\n");
    }

    private static string Facts(ReportModel model)
    {
        var series = model.Result.Series;
        var points = series.Sum(each => (long)each.Points).ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
        var events = model.Labelled ? $", {ReportText.Count(series.Sum(each => each.Labels?.Count ?? 0), "labelled event")}" : "";
        return $"{ReportText.Count(series.Count, "series", "series")}, {points} points{events}, {ReportText.Count(model.Detectors.Count, "detector")}; "
            + $"took {ReportText.Duration(model.Result.Seconds)}. Times are UTC.";
    }

    private static void WriteSeries(HtmlWriter html, ReportModel model, ReportOptions options)
    {
        html.Write($"<main id=\"series\" tabindex=\"-1\">\n<h2>Series <small>{(model.Labelled ? "most missed, then most false alerts first" : "most anomalies first")}</small></h2>\n");
        WriteTools(html, model);
        if (model.Series.Count == 0) html.Raw("<p>No series was judged.</p>\n");
        foreach (var (index, series) in model.Series.Index()) SeriesCard.Write(html, series, index, options);
        html.Raw("</main>\n");

        // By detector and series, both in the order of the page: missed, false, anomalies.
        var badness = model.Detectors.Select(detector => model.Series.Select(series => series.Badness(detector.Name)).Select(bad => new[] { bad.Missed, bad.False, bad.Anomalies }));
        var page = new { detectors = model.Detectors.Select(detector => detector.Name), badness };
        html.Raw($"<script type=\"application/json\" id=\"page\">{JsonSerializer.Serialize(page)}</script>\n");
    }

    private static void WriteTools(HtmlWriter html, ReportModel model)
    {
        html.Raw("<div class=\"tools\" hidden>\n<label>Detector <select id=\"detector\">");
        foreach (var detector in model.Detectors) html.Write($"<option>{detector.Name}</option>");
        html.Raw("</select></label>\n");
        html.Raw("<label>Filter <input id=\"filter\" type=\"search\" placeholder=\"part of a name\" autocomplete=\"off\" spellcheck=\"false\"></label>\n");
        html.Raw("<output id=\"shown\" for=\"filter\"></output>\n</div>\n");
        html.Raw("<ul class=\"legend\">\n");
        if (model.Labelled)
        {
            WriteKey(html, "<circle class=\"mark found\" cx=\"8\" cy=\"8\" r=\"4\"/>", "anomaly in an event");
            WriteKey(html, "<path class=\"mark outside\" d=\"M8 3l5 5-5 5-5-5z\"/>", "anomaly outside of events");
            WriteKey(html, "<path class=\"mark uncounted\" d=\"M8 3l5 5-5 5-5-5z\"/>", "in the first rows (probation), not counted");
            WriteKey(html, "<rect class=\"event\" x=\"1\" y=\"1\" width=\"14\" height=\"14\"/>", "event that was found");
            const string Missed = "<rect class=\"event missed\" x=\"1\" y=\"1\" width=\"14\" height=\"14\"/>";
            WriteKey(html, Missed + "<path class=\"hatch\" d=\"M1 8l7-7M1 15l14-14M8 15l7-7\"/>", "event that was missed");
        }
        else
        {
            WriteKey(html, "<circle class=\"mark anomaly\" cx=\"8\" cy=\"8\" r=\"4\"/>", "anomaly");
        }
        html.Raw("</ul>\n<p class=\"help\" hidden>Point at a chart to read it. Drag to zoom, double-click for all. By keyboard: arrows walk over the points, A over the anomalies, + and − zoom, 0 shows all, / filters.</p>\n");
    }

    private static void WriteKey(HtmlWriter html, string shape, string text) =>
        html.Raw($"<li><svg class=\"key\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">{shape}</svg> {text}</li>\n");

    private static void Check(SeriesResult series)
    {
        foreach (var detector in series.Detectors)
        {
            foreach (var position in detector.Anomalies) CheckPosition(series, position, $"An anomaly of {detector.Name}");
            if (series.Detectors.Count(each => each.Name == detector.Name) > 1)
                throw new ArgumentException($"The detector {detector.Name} is there twice on the series {series.Path}.", nameof(series));
        }
        foreach (var window in series.Labels ?? [])
        {
            CheckPosition(series, window.First, "A label");
            CheckPosition(series, window.Last, "A label");
        }
    }

    private static void CheckPosition(SeriesResult series, int position, string what)
    {
        if (position < 0 || position >= series.Points)
            throw new ArgumentException($"{what} is at position {position} of the series {series.Path}, which has {ReportText.Count(series.Points, "point")}.", nameof(series));
    }
}
