namespace Flotilla.Detection.Reports;

/// <summary>Which points of a series that is too long for the page stay in it.</summary>
internal static class Thinning
{
    /// <summary>
    /// The positions that stay, ascending; null for all. The rows are cut into blocks, of which each keeps its least and its
    /// greatest value and its first missing one; anomalies of any detector and the edges of labels stay too.
    /// </summary>
    public static int[]? Keep(ReportSeries series, int max)
    {
        var points = series.Points!.Points;
        if (points.Count <= max) return null;

        var keep = new bool[points.Count];
        keep[0] = keep[^1] = true;
        // Two of each block, and some have a third.
        var blocks = Math.Max(1, max / 2);
        for (var block = 0; block < blocks; block++)
        {
            var from = (int)((long)points.Count * block / blocks);
            var to = (int)((long)points.Count * (block + 1) / blocks);
            KeepExtremes(points, from, to, keep);
        }
        foreach (var position in series.Result.Detectors.SelectMany(detector => detector.Anomalies)) keep[position] = true;
        foreach (var window in series.Result.Labels ?? []) keep[window.First] = keep[window.Last] = true;
        return [.. keep.Index().Where(each => each.Item).Select(each => each.Index)];
    }

    private static void KeepExtremes(IReadOnlyList<Point> points, int from, int to, bool[] keep)
    {
        var (least, greatest, missing) = (-1, -1, -1);
        for (var i = from; i < to; i++)
        {
            var value = points[i].Value;
            if (double.IsNaN(value))
            {
                if (missing < 0) missing = i;
                continue;
            }
            if (least < 0 || value < points[least].Value) least = i;
            if (greatest < 0 || value > points[greatest].Value) greatest = i;
        }
        foreach (var position in (int[])[least, greatest, missing])
            if (position >= 0) keep[position] = true;
    }
}
