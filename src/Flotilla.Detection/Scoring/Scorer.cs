namespace Flotilla.Detection.Scoring;

/// <summary>All measures at once.</summary>
public static class Scorer
{
    /// <summary>Scores what a detector said about one series.</summary>
    /// <param name="points">The series.</param>
    /// <param name="scores"><see cref="Verdict.Score"/> of each row; NaN where there is none.</param>
    /// <param name="anomalies">The positions judged anomalous, ascending.</param>
    /// <param name="windows">The labelled anomalies, ascending and without overlap.</param>
    /// <exception cref="ArgumentException">Not one score for each point, or windows that overlap or lie outside the series.</exception>
    public static Score Score(
        IReadOnlyList<Point> points, IReadOnlyList<double> scores, IReadOnlyList<int> anomalies, IReadOnlyList<LabelWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(anomalies);
        ArgumentNullException.ThrowIfNull(windows);
        if (scores.Count != points.Count) throw new ArgumentException($"There are {scores.Count} scores for {points.Count} points.", nameof(scores));
        var nab = NabScorer.Score(anomalies, windows, points.Count);
        var ranked = windows.Count == 0 ? null : RankedRows.Of(scores, windows);
        return new(
            nab,
            ranked is null ? null : VusPr.Of(ranked),
            ranked is null ? null : AveragePrecision.Of(ranked),
            EventScorer.Score(points, anomalies, windows))
        { LabelledSeries = ranked is null ? 0 : 1 };
    }

    /// <summary>
    /// The score of a corpus from those of its series, or of parts of it: NAB's sums normalised anew, the mean of VUS-PR and
    /// AUC-PR over the series with a labelled anomaly, events added up.
    /// </summary>
    public static Score Combine(IEnumerable<Score> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        IReadOnlyList<Score> all = [.. scores];
        var labelled = all.Sum(score => score.LabelledSeries);
        return new(
            NabScorer.Combine(all.Select(score => score.Nab)),
            labelled == 0 ? null : all.Sum(score => score.LabelledSeries * (score.VusPr ?? 0)) / labelled,
            labelled == 0 ? null : all.Sum(score => score.LabelledSeries * (score.AucPr ?? 0)) / labelled,
            EventScorer.Combine(all.Select(score => score.Events)))
        { LabelledSeries = labelled };
    }
}
