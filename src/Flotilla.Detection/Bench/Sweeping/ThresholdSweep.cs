using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>The best threshold of all, for a given silence: every distinct score of the corpus is tried.</summary>
internal sealed class ThresholdSweep
{
    private const int RowsBetweenLooks = 4096;

    private readonly IReadOnlyList<ReplayedSeries> _corpus;
    private readonly double[] _scores;
    private readonly (int Series, int Judged)[] _rows;
    private readonly int _windows;

    public ThresholdSweep(IReadOnlyList<ReplayedSeries> corpus)
    {
        _corpus = corpus;
        _windows = corpus.Sum(series => series.Windows);
        var count = corpus.Sum(series => series.Rows.Length);
        _scores = new double[count];
        _rows = new (int, int)[count];
        var filled = 0;
        for (var index = 0; index < corpus.Count; index++)
        {
            for (var judged = 0; judged < corpus[index].Rows.Length; judged++)
            {
                // No threshold is below 0.
                if (corpus[index].Score(judged) <= 0) continue;
                _scores[filled] = -corpus[index].Score(judged);
                _rows[filled++] = (index, judged);
            }
        }
        Array.Resize(ref _scores, filled);
        Array.Resize(ref _rows, filled);
        Array.Sort(_scores, _rows);
        foreach (ref var score in _scores.AsSpan()) score = -score;
    }

    /// <summary>
    /// Thresholds that cannot reach the best any more are left out. The one returned lies in the middle between the lowest score that must and the highest that must not be over it; of
    /// equally good ones the highest is taken.
    /// </summary>
    public ThresholdChoice Best(int silence, SweepObjective objective, CancellationToken cancellationToken)
    {
        var chains = _corpus.Select(series => new AlertChain(series, silence)).ToArray();
        var tally = new AlertTally(_windows);
        // At first a threshold that nothing is over.
        var top = _scores.Length == 0 ? 1 : _scores[0];
        var (best, high, low) = (Value(tally, objective), top, top);
        var (lowest, growing) = (top, true);
        for (var next = 0; next < _scores.Length;)
        {
            var score = _scores[next];
            for (; next < _scores.Length && _scores[next] == score; next++)
            {
                if (next % RowsBetweenLooks == 0) cancellationToken.ThrowIfCancellationRequested();
                var (series, judged) = _rows[next];
                chains[series].Add(judged, tally);
            }
            lowest = next < _scores.Length ? _scores[next] : 0;
            var value = Value(tally, objective);
            if (value > best) (best, high, low, growing) = (value, score, lowest, true);
            else if (growing && value == best) low = lowest;
            else growing = false;
            if (Reachable(tally, silence, objective) < best) break;
        }
        return new(Between(low, high), silence, best);
    }

    private static double Value(AlertTally tally, SweepObjective objective)
    {
        if (objective != SweepObjective.EventF1)
            return NabProfile.Standard.Normalize(NabProfile.Standard.Raw(tally.Best, tally.Missed, tally.Outside), tally.Windows) ?? 0;
        var found = 2.0 * (tally.Windows - tally.Missed);
        return found == 0 ? 0 : found / (found + tally.Missed + tally.False);
    }

    // What lower thresholds can come to at most.
    private static double Reachable(AlertTally tally, int silence, SweepObjective objective)
    {
        if (objective != SweepObjective.EventF1)
            return NabProfile.Standard.Normalize(NabProfile.Standard.Raw(tally.Windows, 0, ReplayedSeries.WorthFarOut * tally.LastingFarOut), tally.Windows) ?? 0;
        // Without a silence alerts grow together.
        return silence == 0 ? 1 : 2.0 * tally.Windows / (2 * tally.Windows + tally.LastingFarOut);
    }

    // Never the higher one, which must be over it, nor 0.
    private static double Between(double low, double high)
    {
        var middle = low + (high - low) / 2;
        return middle < high && middle > 0 ? middle : low > 0 ? low : high;
    }
}

/// <summary>A threshold and a silence with what they reach.</summary>
internal readonly record struct ThresholdChoice(double Threshold, int Silence, double Objective);
