namespace Flotilla.Detection.Scoring;

/// <summary>
/// Area under the precision-recall curve of rows, as average precision: Σ (R_k − R_{k−1})·P_k over the distinct scores from
/// the highest down; rows of one score are judged together.
/// </summary>
public static class AveragePrecision
{
    /// <summary>0 to 1; null without a labelled row.</summary>
    /// <param name="scores">One for each row; NaN ranks below all others.</param>
    /// <param name="windows">The labelled anomalies.</param>
    public static double? Of(IReadOnlyList<double> scores, IReadOnlyList<LabelWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(windows);
        return Of(RankedRows.Of(scores, windows));
    }

    internal static double? Of(RankedRows ranked)
    {
        if (ranked.Positives == 0) return null;
        var (area, hits) = (0.0, 0);
        for (var next = 0; next < ranked.Scores.Length;)
        {
            var (threshold, before) = (ranked.Scores[next], hits);
            for (; next < ranked.Scores.Length && ranked.Scores[next] == threshold; next++)
                if (ranked.Labelled[ranked.Rows[next]]) hits++;
            area += (double)(hits - before) / ranked.Positives * hits / next;
        }
        return area;
    }
}
