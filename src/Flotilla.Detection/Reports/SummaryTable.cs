using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Reports;

/// <summary>The table of all detectors, the best first.</summary>
internal static class SummaryTable
{
    private sealed record Column(string Heading, string Explanation, Func<ReportDetector, double?> Number, string Format, Best Best)
    {
        public Func<double?, string>? Show { get; init; }
    }

    private enum Best { None, Most, Least }

    private static readonly Column[] Labelled =
    [
        Event("Found", "Labelled events with an anomaly in them", score => score.Found, Best.Most),
        Event("Missed", "Labelled events without an anomaly", score => score.Missed, Best.Least),
        Event("False", "Alerts that begin outside all labelled events; anomalies in a row are one alert", score => score.False, Best.Least),
        Event("Delay", "From the start of a found event to its first anomaly, on average", score => score.MeanDelaySeconds, Best.None) with { Show = ReportText.Duration },
        Event("False per week", "False alerts in a week of a series", score => score.FalsePerWeek, Best.Least) with { Format = "0.00" },
        Measure("NAB", "Numenta Anomaly Benchmark, standard profile: 100 is perfect, 0 is what silence gets", score => score.Nab.Standard, "0.0"),
        Measure("VUS-PR", "Volume under the surface of precision and recall, 0 to 1", score => score.VusPr, "0.000"),
        Measure("AUC-PR", "Average precision, 0 to 1", score => score.AucPr, "0.000"),
    ];

    private static readonly Column Spread = new("Series", "Series with an anomaly", detector => detector.SeriesWithAnomalies, "N0", Best.None);

    private static readonly Column[] Always =
    [
        new("Anomalies", "Points judged anomalous", detector => detector.Anomalies, "N0", Best.None),
        new("CPU", "Processor time", detector => detector.Seconds, "N0", Best.None) { Show = ReportText.Duration },
    ];

    public static void Write(HtmlWriter html, ReportModel model)
    {
        if (model.Detectors.Count == 0) return;
        Column[] columns = model.Labelled ? [.. Labelled, .. Always] : [Spread, .. Always];
        html.Write($"<section aria-labelledby=\"detectors\">\n<h2 id=\"detectors\">Detectors</h2>\n");
        html.Write($"<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-labelledby=\"detectors\">\n<table class=\"summary\">\n<thead><tr><th scope=\"col\">Detector</th>");
        foreach (var column in columns) html.Write($"<th scope=\"col\"><abbr title=\"{column.Explanation}\">{column.Heading}</abbr></th>");
        html.Raw("</tr></thead>\n<tbody>\n");
        foreach (var detector in model.Detectors)
        {
            html.Write($"<tr><th scope=\"row\" data-choose=\"{detector.Name}\">{detector.Name}{(detector.Fitted ? " †" : "")}</th>");
            foreach (var column in columns) WriteCell(html, model, column, detector);
            html.Raw("</tr>\n");
        }
        html.Raw("</tbody>\n</table>\n</div>\n");
        WriteNotes(html, model);
        html.Raw("</section>\n");
    }

    private static void WriteCell(HtmlWriter html, ReportModel model, Column column, ReportDetector detector)
    {
        var number = column.Number(detector);
        var text = column.Show?.Invoke(number) ?? ReportText.Number(number, column.Format);
        if (IsBest(model, column, number)) html.Write($"<td><strong>{text}</strong></td>");
        else html.Write($"<td>{text}</td>");
    }

    private static bool IsBest(ReportModel model, Column column, double? number)
    {
        if (number is null || column.Best == Best.None || model.Detectors.Count < 2) return false;
        var all = model.Detectors.Select(column.Number).OfType<double>().ToList();
        return number == (column.Best == Best.Most ? all.Max() : all.Min()) && all.Distinct().Count() > 1;
    }

    private static void WriteNotes(HtmlWriter html, ReportModel model)
    {
        if (model.Detectors.Any(detector => detector.Fitted))
            html.Write($"<p class=\"note\">† The threshold was chosen on these very series, so the scores flatter: on other series the detector will do worse.</p>\n");
        var errors = model.Detectors.Where(detector => detector.Errors > 0).ToList();
        foreach (var detector in errors)
            html.Write($"<p class=\"note\">{detector.Name} gave up on {ReportText.Count(detector.Errors, "series", "series")}; the reasons stand there.</p>\n");
        if (model.Labelled && model.Result.Corpus is null)
            html.Raw("<p class=\"note\">The scores are over the series that are here, not over all.</p>\n");
    }

    private static Column Event(string heading, string explanation, Func<EventScore, double?> number, Best best) =>
        new(heading, explanation, detector => detector.Score is { } score ? number(score.Events) : null, "N0", best);

    private static Column Measure(string heading, string explanation, Func<Score, double?> number, string format) =>
        new(heading, explanation, detector => detector.Score is { } score ? number(score) : null, format, Best.Most);
}
