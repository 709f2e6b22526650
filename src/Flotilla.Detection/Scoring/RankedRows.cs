namespace Flotilla.Detection.Scoring;

/// <summary>The rows of a series from the highest score to the lowest, with the row measures' idea of an anomaly: a run of labelled rows.</summary>
internal sealed class RankedRows
{
    private RankedRows(double[] scores, int[] rows, bool[] labelled, List<LabelWindow> runs)
    {
        Scores = scores;
        Rows = rows;
        Labelled = labelled;
        Runs = runs;
        Positives = runs.Sum(run => run.Width);
    }

    /// <summary>Descending. A row without a score ranks below all others.</summary>
    public double[] Scores { get; }

    /// <summary>The row of each of <see cref="Scores"/>.</summary>
    public int[] Rows { get; }

    public bool[] Labelled { get; }

    /// <summary>The windows, with those that touch joined.</summary>
    public IReadOnlyList<LabelWindow> Runs { get; }

    public int Positives { get; }

    public static RankedRows Of(IReadOnlyList<double> scores, IReadOnlyList<LabelWindow> windows)
    {
        var keys = new double[scores.Count];
        var rows = new int[scores.Count];
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] = double.IsNaN(scores[row]) ? double.PositiveInfinity : -scores[row];
            rows[row] = row;
        }
        Array.Sort(keys, rows);
        foreach (ref var key in keys.AsSpan()) key = -key;

        var labelled = new bool[keys.Length];
        foreach (var window in windows) labelled.AsSpan(window.First, window.Width).Fill(true);
        return new(keys, rows, labelled, [.. RunsOf(labelled)]);
    }

    private static IEnumerable<LabelWindow> RunsOf(bool[] labelled)
    {
        for (var row = 0; row < labelled.Length; row++)
        {
            if (!labelled[row]) continue;
            var first = row;
            while (row + 1 < labelled.Length && labelled[row + 1]) row++;
            yield return new(first, row);
        }
    }
}
