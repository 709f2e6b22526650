using Flotilla.Detection.Bench;
using Flotilla.Detection.Reports;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Reports;

/// <summary>Small results for the report's tests.</summary>
internal static class ReportSamples
{
    public static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Series Of(string path, params IEnumerable<double> values) =>
        new(Path.GetFileNameWithoutExtension(path), path, [.. values.Select((value, i) => new Point(Start.AddMinutes(5 * i), value))]);

    public static Series Flat(string path, int count) => Of(path, Enumerable.Repeat(1.0, count));

    public static SeriesResult Judged(Series series, IReadOnlyList<LabelWindow>? labels, params DetectorResult[] detectors) =>
        new(series.Name, series.Path, series.Points.Count, series.Missing, [.. detectors.Select(each => labels is null ? each : each with { Score = Score(series, each, labels) })], labels);

    public static Score Score(Series series, DetectorResult said, IReadOnlyList<LabelWindow> labels) =>
        Scorer.Score(series.Points, [.. series.Points.Select((_, i) => said.Anomalies.Contains(i) ? 2.0 : 0.5)], said.Anomalies, labels);

    public static DetectorResult Said(string name, params int[] anomalies) => new(name, anomalies, 0.25);

    public static string Page(BenchResult result, IReadOnlyList<Series> series, ReportOptions? options = null)
    {
        using var output = new StringWriter();
        HtmlReport.Write(result, series, output, options);
        return output.ToString();
    }
}
