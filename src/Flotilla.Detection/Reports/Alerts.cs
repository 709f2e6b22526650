using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Reports;

/// <summary>Anomalous points in a row.</summary>
/// <param name="First">Position of its first point.</param>
/// <param name="Last">Position of its last point.</param>
/// <param name="Event">The labelled event that it begins in, counted from 0; null for none.</param>
/// <param name="Counts">Whether scoring counts it: not in the probation.</param>
internal readonly record struct Alert(int First, int Last, int? Event, bool Counts);

/// <summary>
/// A detector's anomalies on one series as a person reads them: alerts, and events found or missed, by the rules of <see cref="EventScorer"/>.
/// </summary>
internal sealed class Alerts
{
    /// <summary>Reads the anomalies of a detector; without the points it does not know which values miss.</summary>
    public Alerts(SeriesResult series, DetectorResult detector, IReadOnlyList<Point>? points)
    {
        var events = series.Labels ?? [];
        var probation = series.Labels is null ? 0 : NabScorer.Probation(series.Points);
        var early = detector.Anomalies.Where(position => position < probation).ToList();
        var scored = detector.Anomalies.Where(position => position >= probation).ToList();
        All =
        [
            .. Runs(early, points).Select(run => new Alert(run.First, run.Last, Meets(run.First, events), Counts: false)),
            .. Runs(scored, points).Select(run => new Alert(run.First, run.Last, Meets(run.First, events), Counts: true)),
        ];
        Firsts = [.. events.Select(window => First(detector.Anomalies, Math.Max(window.First, probation), window.Last))];
        Missed = events.Index().Count(each => each.Item.Last >= probation && Firsts[each.Index] is null);
        False = All.Count(alert => alert.Event is null && alert.Counts);
    }

    public IReadOnlyList<Alert> All { get; }

    /// <summary>For each event the first anomalous position in it; null when it was missed, or lies in the probation.</summary>
    public IReadOnlyList<int?> Firsts { get; }

    public int Missed { get; }

    public int False { get; }

    private static IEnumerable<LabelWindow> Runs(IReadOnlyList<int> positions, IReadOnlyList<Point>? points)
    {
        for (var i = 0; i < positions.Count;)
        {
            var end = i;
            while (end + 1 < positions.Count && Follows(positions[end], positions[end + 1], points)) end++;
            yield return new(positions[i], positions[end]);
            i = end + 1;
        }
    }

    // Nothing could be judged at a missing value, so it does not end an alert.
    private static bool Follows(int before, int position, IReadOnlyList<Point>? points)
    {
        if (points is null) return position == before + 1;
        for (var between = before + 1; between < position; between++)
            if (!double.IsNaN(points[between].Value)) return false;
        return true;
    }

    private static int? Meets(int position, IReadOnlyList<LabelWindow> events)
    {
        for (var i = 0; i < events.Count; i++)
            if (position >= events[i].First && position <= events[i].Last) return i;
        return null;
    }

    private static int? First(IReadOnlyList<int> positions, int from, int to)
    {
        foreach (var position in positions)
            if (position >= from) return position <= to ? position : null;
        return null;
    }
}
