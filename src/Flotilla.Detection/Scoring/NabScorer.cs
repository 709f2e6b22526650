namespace Flotilla.Detection.Scoring;

/// <summary>
/// The score of the Numenta Anomaly Benchmark (A. Lavin, S. Ahmad: Evaluating Real-time Anomaly Detection Algorithms, ICMLA
/// 2015), as its code computes it (<c>nab/sweeper.py</c>). A window pays once, for its earliest firing row: A_TP·S(p)/S(−1)
/// with S(p) = 2/(1+e⁵ᵖ) − 1 and p from −1 at its left edge towards 0 at its right one; nothing found costs A_FN. Each
/// firing row outside costs A_FP·S(p), with p the distance to the window before it in widths of that, and A_FP without one.
/// </summary>
public static class NabScorer
{
    private const double ProbationShare = 0.15;
    private const int ProbationMost = 750;

    /// <summary>How many rows at the start a detector may learn from without being scored: min(⌊0.15·rows⌋, 750).</summary>
    public static int Probation(int rows) => (int)Math.Min(Math.Floor(ProbationShare * rows), ProbationMost);

    /// <summary>Scores verdicts.</summary>
    /// <param name="anomalies">The positions that fire, each once, in any order.</param>
    /// <param name="windows">The labelled anomalies, ascending and without overlap.</param>
    /// <param name="rows">How many rows the series has.</param>
    /// <exception cref="ArgumentException">Windows that overlap or lie outside the rows.</exception>
    public static NabScores Score(IReadOnlyList<int> anomalies, IReadOnlyList<LabelWindow> windows, int rows)
    {
        ArgumentNullException.ThrowIfNull(anomalies);
        ArgumentNullException.ThrowIfNull(windows);
        var value = new NabRows(windows, rows);
        var best = new double[windows.Count];
        var outside = 0.0;
        foreach (var row in anomalies.Where(row => row >= value.Probation))
        {
            if (value.WindowOf(row) is >= 0 and var window) best[window] = Math.Max(best[window], value.Worth(row));
            else outside += value.Worth(row);
        }
        return Scores(best.Sum(), value.Windows - best.Count(worth => worth > 0), outside, value.Windows);
    }

    /// <summary>The score of a corpus from those of its series: 100·(Σraw − null)/(perfect − null).</summary>
    public static NabScores Combine(IEnumerable<NabScores> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var raw = new double[NabProfile.All.Count];
        var windows = 0;
        foreach (var score in scores)
        {
            for (var i = 0; i < raw.Length; i++) raw[i] += score.Raw[i];
            windows += score.Windows;
        }
        return Normalized(raw, windows);
    }

    /// <summary>
    /// NAB's own choice of a threshold: for each profile the one that is best on the very data scored, of all distinct
    /// scores and "never"; of equals the highest. A row fires when its score reaches the threshold. O(N log N).
    /// </summary>
    /// <param name="corpus">Scores and windows of every series.</param>
    /// <exception cref="ArgumentException">Windows that overlap or lie outside the rows.</exception>
    public static NabFit Fit(IReadOnlyList<ScoredSeries> corpus)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        return NabSweep.Run(corpus);
    }

    internal static NabScores Scores(double found, int missed, double outside, int windows) =>
        Normalized([.. NabProfile.All.Select(profile => profile.Raw(found, missed, outside))], windows);

    internal static NabScores Normalized(IReadOnlyList<double> raw, int windows)
    {
        var normalized = NabProfile.All.Zip(raw, (profile, sum) => profile.Normalize(sum, windows)).ToArray();
        return new(normalized[0], normalized[1], normalized[2], raw, windows);
    }
}
