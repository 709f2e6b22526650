namespace Flotilla.Detection.Scoring;

/// <summary>Counts events as an operator sees them: anomalies found or missed, and alerts for nothing.</summary>
public static class EventScorer
{
    private const double SecondsPerWeek = 7 * 24 * 3600;

    /// <summary>Counts on one series.</summary>
    /// <param name="points">The series; a missing value between two anomalous points does not end an alert.</param>
    /// <param name="anomalies">The positions judged anomalous, ascending.</param>
    /// <param name="windows">The labelled anomalies, ascending and without overlap; one wholly in the probation does not count.</param>
    public static EventScore Score(IReadOnlyList<Point> points, IReadOnlyList<int> anomalies, IReadOnlyList<LabelWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(anomalies);
        ArgumentNullException.ThrowIfNull(windows);
        var probation = NabScorer.Probation(points.Count);
        var (found, missed, delay) = (0, 0, 0.0);
        foreach (var window in windows.Where(window => window.Last >= probation))
        {
            if (FirstIn(window, anomalies, probation) is { } row)
            {
                found++;
                delay += (points[row].At - points[window.First].At).TotalSeconds;
            }
            else
            {
                missed++;
            }
        }
        var wrong = Alerts(points, anomalies).Count(alert => !windows.Any(window => window.First <= alert.First && alert.First <= window.Last));
        return Of(found, missed, wrong, delay, Watched(points, probation));
    }

    /// <summary>The counts of a corpus: sums, the mean delay over all windows found, false alerts by the time of all series.</summary>
    public static EventScore Combine(IEnumerable<EventScore> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var (found, missed, wrong, delay, watched) = (0, 0, 0, 0.0, 0.0);
        foreach (var score in scores)
        {
            found += score.Found;
            missed += score.Missed;
            wrong += score.False;
            delay += score.Found * (score.MeanDelaySeconds ?? 0);
            watched += score.WatchedSeconds;
        }
        return Of(found, missed, wrong, delay, watched);
    }

    /// <summary>The anomalous points in a row, as first and last position, after the probation.</summary>
    internal static IEnumerable<LabelWindow> Alerts(IReadOnlyList<Point> points, IReadOnlyList<int> anomalies)
    {
        var probation = NabScorer.Probation(points.Count);
        LabelWindow? open = null;
        foreach (var row in anomalies)
        {
            if (row < probation) continue;
            if (open is { } alert && Follows(alert.Last, row, points))
            {
                open = alert with { Last = row };
                continue;
            }
            if (open is { } ended) yield return ended;
            open = new(row, row);
        }
        if (open is { } last) yield return last;
    }

    private static bool Follows(int before, int row, IReadOnlyList<Point> points)
    {
        for (var between = before + 1; between < row; between++)
            if (!double.IsNaN(points[between].Value)) return false;
        return true;
    }

    private static int? FirstIn(LabelWindow window, IReadOnlyList<int> anomalies, int probation)
    {
        foreach (var row in anomalies)
            if (row >= window.First && row >= probation) return row <= window.Last ? row : null;
        return null;
    }

    private static double Watched(IReadOnlyList<Point> points, int probation) =>
        points.Count == 0 ? 0 : Math.Max(0, (points[^1].At - points[probation].At).TotalSeconds);

    private static EventScore Of(int found, int missed, int wrong, double delay, double watched) =>
        new(found, missed, wrong, found == 0 ? null : delay / found, watched > 0 ? wrong / (watched / SecondsPerWeek) : 0) { WatchedSeconds = watched };
}
