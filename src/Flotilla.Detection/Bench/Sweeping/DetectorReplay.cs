using Flotilla.Detection.Bench.Real;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>Runs one definition over many series.</summary>
internal static class DetectorReplay
{
    private const int PointsBetweenLooks = 1024;

    /// <summary>The scores of each series, to be judged with many thresholds.</summary>
    public static Task<ReplayedSeries[]> ScoresAsync(
        IReadOnlyList<LabelledSeries> corpus, DetectorDefinition definition, int parallelism, CancellationToken cancellationToken) =>
        SweepWorkers.SelectAsync(corpus, parallelism, series =>
        {
            var heldBack = new HashSet<int>();
            var scores = Replay(series, definition, (row, verdict) =>
            {
                if (verdict is { IsAnomaly: false, Score: > 1 }) heldBack.Add(row);
            }, cancellationToken);
            return new ReplayedSeries(series, scores, heldBack.Count > 0 ? heldBack : null);
        }, cancellationToken);

    /// <summary>The score of each series against its labels.</summary>
    public static Task<Score[]> JudgeAsync(
        IReadOnlyList<LabelledSeries> corpus, DetectorDefinition definition, int parallelism, CancellationToken cancellationToken) =>
        SweepWorkers.SelectAsync(corpus, parallelism, series =>
        {
            var anomalies = new List<int>();
            var scores = Replay(series, definition, (row, verdict) =>
            {
                if (verdict.IsAnomaly) anomalies.Add(row);
            }, cancellationToken);
            return Scorer.Score(series.Series.Points, scores, anomalies, series.Windows);
        }, cancellationToken);

    // The score of each row, NaN where the value is missing.
    private static double[] Replay(LabelledSeries labelled, DetectorDefinition definition, Action<int, Verdict> judged, CancellationToken cancellationToken)
    {
        var points = labelled.Series.Points;
        var scores = new double[points.Count];
        var row = -1;
        try
        {
            var detector = definition.Create();
            for (row = 0; row < scores.Length; row++)
            {
                if (row % PointsBetweenLooks == 0) cancellationToken.ThrowIfCancellationRequested();
                var point = points[row];
                var verdict = detector.Observe(point);
                scores[row] = double.IsNaN(point.Value) ? double.NaN : verdict.Score;
                judged(row, verdict);
            }
            return scores;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new DetectorFailure(row < 0 ? $"It could not be made: {e.Message}"
                : $"It threw {e.GetType().Name} at point {row} of {labelled.Series.Path}: {e.Message}", e);
        }
    }
}

/// <summary>A detector threw; the message is a sentence that says where.</summary>
internal sealed class DetectorFailure(string message, Exception inner) : Exception(message, inner);
