using System.Text;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Reports;

/// <summary>The sentences and lists of one series.</summary>
internal static class CardText
{
    // A detector that fires all the time says nothing that one reads to the end; the picture has every mark.
    private const int AlertsListedMax = 1000;

    /// <summary>What the series is: "1,440 points, one every 5 min, 2014-04-01 00:00:00 to 2014-04-05 23:55:00".</summary>
    public static string Facts(ReportSeries series)
    {
        var result = series.Result;
        var text = new StringBuilder(ReportText.Count(result.Points, "point"));
        if (result.Missing > 0) text.Append($", {ReportText.Count(result.Missing)} of them missing");
        if (series.Points?.Points is not { Count: > 1 } points) return text.ToString();
        var steps = Enumerable.Range(1, points.Count - 1).Select(i => (points[i].At - points[i - 1].At).TotalSeconds).Order().ToList();
        var usual = steps[steps.Count / 2];
        text.Append($", {(steps[0] == steps[^1] ? "one" : "mostly one")} every {ReportText.Duration(usual)}");
        text.Append($", {ReportText.Time(points[0].At)} to {ReportText.Time(points[^1].At)}");
        return text.ToString();
    }

    /// <summary>What a detector achieved on the series, in one sentence.</summary>
    public static string Summary(ReportSeries series, int detector)
    {
        var said = series.Result.Detectors[detector];
        var alerts = series.Alerts[detector];
        if (series.Result.Labels is not { } events)
        {
            var anomalies = ReportText.Count(said.Anomalies.Count, "anomaly", "anomalies");
            return alerts.All.Count < said.Anomalies.Count ? $"{anomalies} in {ReportText.Count(alerts.All.Count, "alert")}." : $"{anomalies}.";
        }

        var (missed, wrong) = (alerts.Missed, alerts.False);
        var count = events.Count(window => window.Last >= NabScorer.Probation(series.Result.Points));
        var delay = MeanDelay(series, alerts);
        var found = count switch
        {
            0 => "Nothing is labelled",
            1 => missed == 0 ? $"The event was found, {After(delay)}" : "The event was missed",
            _ when missed == 0 => $"All {ReportText.Count(count)} events found, {After(delay)} on average",
            _ when missed == count => $"All {ReportText.Count(count)} events missed",
            _ => $"{ReportText.Count(count - missed)} of {ReportText.Count(count)} events found, {After(delay)} on average; {ReportText.Count(missed)} missed",
        };
        return $"{found}; {(wrong == 0 ? "no false alert" : ReportText.Count(wrong, "false alert"))}.";
    }

    /// <summary>Who found a labelled event and when, and who did not.</summary>
    public static string Event(ReportSeries series, int index)
    {
        if (series.Result.Labels![index].Last < NabScorer.Probation(series.Result.Points)) return "In the probation, so not counted.";
        var found = new List<string>();
        var missed = new List<string>();
        foreach (var (detector, said) in series.Result.Detectors.Index())
        {
            if (Delay(series, series.Alerts[detector], index) is { } delay) found.Add($"{said.Name} {After(delay)}");
            else missed.Add(said.Name);
        }
        return (found.Count, missed.Count) switch
        {
            (_, 0) => $"Found by {string.Join(", ", found)}.",
            (0, _) => $"Missed by {string.Join(", ", missed)}.",
            _ => $"Found by {string.Join(", ", found)}. Missed by {string.Join(", ", missed)}.",
        };
    }

    /// <summary>When a labelled event was.</summary>
    public static string Span(ReportSeries series, LabelWindow window) => Span(series, window.First, window.Last);

    /// <summary>The alerts of a detector, a line each.</summary>
    public static string AlertList(ReportSeries series, int detector)
    {
        var text = new StringBuilder();
        var alerts = series.Alerts[detector].All;
        foreach (var alert in alerts.Take(AlertsListedMax))
        {
            text.Append(Span(series, alert.First, alert.Last)).Append("  ");
            text.Append(alert.First == alert.Last ? $"position {alert.First}" : $"positions {alert.First} to {alert.Last}");
            if (series.Points?.Points is { } points && alert.First == alert.Last) text.Append("  value ").Append(ReportText.Value(points[alert.First].Value));
            if (series.Result.Labels is not null)
                text.Append(!alert.Counts ? "  in the probation, not counted" : alert.Event is { } index ? $"  event {index + 1}" : "  false alert");
            text.Append('\n');
        }
        if (alerts.Count > AlertsListedMax) text.Append($"and {ReportText.Count(alerts.Count - AlertsListedMax)} more\n");
        return text.ToString();
    }

    /// <summary>Seconds from the start of an event to the first anomaly in it; null when it was missed.</summary>
    private static double? Delay(ReportSeries series, Alerts alerts, int index) =>
        alerts.Firsts[index] is not { } first ? null
        : series.Points?.Points is { } points ? (points[first].At - points[series.Result.Labels![index].First].At).TotalSeconds
        : double.NaN;

    private static double? MeanDelay(ReportSeries series, Alerts alerts)
    {
        var delays = Enumerable.Range(0, alerts.Firsts.Count).Select(index => Delay(series, alerts, index)).OfType<double>().ToList();
        return delays.Count == 0 ? null : delays.Average();
    }

    private static string After(double? delay) =>
        delay is null or double.NaN ? "after an unknown time" : delay == 0 ? "at once" : $"after {ReportText.Duration(delay)}";

    private static string Span(ReportSeries series, int first, int last)
    {
        if (series.Points?.Points is not { } points) return $"positions {first} to {last}";
        var from = ReportText.Time(points[first].At);
        return first == last ? from : $"{from} to {ReportText.Time(points[last].At)}";
    }
}
