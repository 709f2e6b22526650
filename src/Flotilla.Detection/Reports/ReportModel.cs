using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Reports;

/// <summary>One detector over all series.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Anomalies">Points judged anomalous.</param>
/// <param name="SeriesWithAnomalies">Series with such a point.</param>
/// <param name="Seconds">CPU time.</param>
/// <param name="Errors">Series that it gave up on.</param>
/// <param name="Score">Over the series that are there; null without labels.</param>
/// <param name="Fitted">See <see cref="CorpusResult.Fitted"/>.</param>
internal sealed record ReportDetector(string Name, int Anomalies, int SeriesWithAnomalies, double Seconds, int Errors, Score? Score, bool Fitted);

/// <summary>One series: what was said about it, and its points, or why they cannot be drawn.</summary>
/// <param name="Result">The result; its detectors in the order of the page.</param>
/// <param name="Points">Null when there is nothing to draw.</param>
/// <param name="WhyNot">The reason then.</param>
internal sealed record ReportSeries(SeriesResult Result, Series? Points, string? WhyNot)
{
    /// <summary>In the order of <see cref="SeriesResult.Detectors"/>.</summary>
    public IReadOnlyList<Alerts> Alerts { get; } = [.. Result.Detectors.Select(detector => new Alerts(Result, detector, Points?.Points))];

    /// <summary>What puts a series before another under a detector: the worse, the larger.</summary>
    public (int Missed, int False, int Anomalies) Badness(string detector)
    {
        for (var i = 0; i < Result.Detectors.Count; i++)
        {
            var said = Result.Detectors[i];
            if (said.Name != detector) continue;
            return Result.Labels is null ? (0, 0, said.Anomalies.Count)
                : (Alerts[i].Missed, Alerts[i].False, said.Anomalies.Count);
        }
        return (-1, 0, 0);
    }
}

/// <summary>What the page shows, in its order: the best detector and the worst series first.</summary>
internal sealed class ReportModel
{
    public ReportModel(BenchResult result, IReadOnlyList<Series> series)
    {
        Result = result;
        Labelled = result.Corpus is not null || result.Series.Any(each => each.Labels is not null);
        Detectors = OrderDetectors(result);
        var order = Detectors.Index().ToDictionary(each => each.Item.Name, each => each.Index, StringComparer.Ordinal);
        var points = new Dictionary<string, Series>(StringComparer.Ordinal);
        foreach (var each in series) points.TryAdd(each.Path, each);
        var all = result.Series.Select(each => Join(
            each with { Detectors = [.. each.Detectors.OrderBy(detector => order[detector.Name])] }, points.GetValueOrDefault(each.Path)));
        Series = [.. Detectors is [var best, ..] ? all.OrderByDescending(each => each.Badness(best.Name)) : all];
    }

    public BenchResult Result { get; }

    public bool Labelled { get; }

    public IReadOnlyList<ReportDetector> Detectors { get; }

    public IReadOnlyList<ReportSeries> Series { get; }

    // The best by NAB's standard profile; those without a score, and all without labels, as they were asked for.
    private static List<ReportDetector> OrderDetectors(BenchResult result)
    {
        var corpus = (result.Corpus ?? []).ToDictionary(each => each.Name, StringComparer.Ordinal);
        return [.. result.Series.SelectMany(each => each.Detectors)
            .GroupBy(detector => detector.Name, StringComparer.Ordinal)
            .Select(said => Over([.. said], corpus.GetValueOrDefault(said.Key)))
            .OrderByDescending(each => each.Score?.Nab.Standard ?? double.NegativeInfinity)];
    }

    // A part of a run has no scores over all series; then they are those over what is there.
    private static ReportDetector Over(IReadOnlyList<DetectorResult> said, CorpusResult? corpus)
    {
        IReadOnlyList<Score> scores = [.. said.Select(each => each.Score).OfType<Score>()];
        return new(said[0].Name, said.Sum(each => each.Anomalies.Count), said.Count(each => each.Anomalies.Count > 0),
            said.Sum(each => each.Seconds), said.Count(each => each.Error is not null),
            corpus?.Score ?? (scores.Count > 0 ? Scorer.Combine(scores) : null), corpus?.Fitted ?? false);
    }

    private static ReportSeries Join(SeriesResult result, Series? points) =>
        points is null ? new(result, null, "The points of this series are not here, so it is not drawn.")
        : points.Points.Count != result.Points ? new(result, null,
            $"The series has {ReportText.Count(points.Points.Count, "point")} now and had {ReportText.Count(result.Points)} when it was judged, so it is not drawn. Run the bench again.")
        : points.Points.Count == points.Missing ? new(result, null, points.Missing == 0 ? "The series has no points." : "Every value of this series is missing.")
        : new(result, points, null);
}
