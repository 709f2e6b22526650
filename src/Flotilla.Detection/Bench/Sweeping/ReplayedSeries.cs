using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>What a detector said about the points of a series, ready to be judged with many thresholds: the judged rows only.</summary>
internal sealed class ReplayedSeries
{
    /// <summary>What an alert in a <see cref="Zones">zone</see> is worth at most.</summary>
    public const double WorthFarOut = -0.9;

    private readonly NabRows _nab;
    private readonly IReadOnlySet<int>? _heldBack;

    /// <param name="labelled">The series.</param>
    /// <param name="scores">A score for each row; NaN where the value is missing.</param>
    /// <param name="heldBack">The rows that are not anomalous whatever the threshold: a policy within the detector said so.</param>
    public ReplayedSeries(LabelledSeries labelled, double[] scores, IReadOnlySet<int>? heldBack = null)
    {
        Labelled = labelled;
        RowScores = scores;
        _heldBack = heldBack;
        _nab = new(labelled.Windows, scores.Length);
        Rows = [.. Enumerable.Range(0, scores.Length).Where(row => !double.IsNaN(scores[row]))];
        FirstCounted = FirstJudged(_nab.Probation);
        (Zones, ZoneCount) = FarOut();
        WindowStarts = [.. labelled.Windows.Select(window => FirstJudged(Math.Max(window.First, _nab.Probation)))];
    }

    public LabelledSeries Labelled { get; }

    /// <summary>By row, NaN included.</summary>
    public double[] RowScores { get; }

    /// <summary>The rows that were judged, ascending. All below counts these.</summary>
    public int[] Rows { get; }

    /// <summary>The first judged one after the probation.</summary>
    public int FirstCounted { get; }

    /// <summary>For each window the first judged one that can find it.</summary>
    public int[] WindowStarts { get; }

    /// <summary>The stretch far from every window that each judged one lies in; −1 for none.</summary>
    public int[] Zones { get; }

    public int ZoneCount { get; }

    public int Windows => _nab.Windows;

    /// <summary>The score that a threshold is held against; 0 where the row cannot become anomalous.</summary>
    public double Score(int judged) => _heldBack?.Contains(Rows[judged]) == true ? 0 : RowScores[Rows[judged]];

    public double Worth(int judged) => _nab.Worth(Rows[judged]);

    public int WindowOf(int judged) => _nab.WindowOf(Rows[judged]);

    private (int[] Zones, int Count) FarOut()
    {
        var zones = new int[Rows.Length];
        var count = 0;
        for (var judged = 0; judged < zones.Length; judged++)
        {
            var far = judged >= FirstCounted && Worth(judged) <= WorthFarOut;
            if (far && (judged == 0 || zones[judged - 1] < 0)) count++;
            zones[judged] = far ? count - 1 : -1;
        }
        return (zones, count);
    }

    private int FirstJudged(int row)
    {
        var at = Array.BinarySearch(Rows, row);
        return at < 0 ? ~at : at;
    }
}
