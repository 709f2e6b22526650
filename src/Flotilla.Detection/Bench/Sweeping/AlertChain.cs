namespace Flotilla.Detection.Bench;

/// <summary>
/// The alerts of one series as its threshold falls: a point fires when it is over the threshold and none of the
/// <paramref name="silence"/> judged points before it fired. Each point that comes over the threshold changes the alerts
/// only until they meet the old ones again, so that all thresholds together cost little more than one.
/// </summary>
internal sealed class AlertChain(ReplayedSeries series, int silence)
{
    private readonly RowSet _over = new(series.Rows.Length);
    private readonly RowSet _firing = new(series.Rows.Length);
    private readonly int[] _firingIn = new int[series.Labelled.Windows.Count];
    private readonly int[] _firingInZone = new int[series.ZoneCount];
    private readonly double[] _best = new double[series.Labelled.Windows.Count];

    /// <summary>Takes one more point over the threshold, and keeps the tally.</summary>
    public void Add(int judged, AlertTally tally)
    {
        _over.Add(judged);
        if (_firing.NextFrom(judged - silence) < judged) return;
        for (var at = judged; !_firing[at];)
        {
            Change(at, fires: true, tally);
            for (var held = _firing.NextFrom(at + 1); held <= at + silence; held = _firing.NextFrom(held + 1)) Change(held, fires: false, tally);
            // Without a silence nothing after the point can change.
            if (silence == 0) return;
            at = _over.NextFrom(at + silence + 1);
            if (at == int.MaxValue) return;
        }
    }

    private void Change(int judged, bool fires, AlertTally tally)
    {
        var window = series.WindowOf(judged);
        tally.False -= Begins(judged) + Begins(judged + 1);
        if (fires) _firing.Add(judged);
        else _firing.Remove(judged);
        tally.False += Begins(judged) + Begins(judged + 1);
        if (judged < series.FirstCounted) return;
        var sign = fires ? 1 : -1;
        if (window >= 0)
        {
            Find(window, sign, tally);
            return;
        }
        tally.Outside += sign * series.Worth(judged);
        var zone = series.Zones[judged];
        if (zone < 0) return;
        // The first one of a zone is not counted: an alert before the zone may take its place.
        if ((_firingInZone[zone] += sign) > (fires ? 1 : 0)) tally.LastingFarOut += sign;
    }

    private void Find(int window, int sign, AlertTally tally)
    {
        var before = _firingIn[window];
        _firingIn[window] += sign;
        if (before == 0) tally.Missed--;
        if (_firingIn[window] == 0) tally.Missed++;
        var best = _firingIn[window] == 0 ? 0 : series.Worth(_firing.NextFrom(series.WindowStarts[window]));
        tally.Best += best - _best[window];
        _best[window] = best;
    }

    // 1 when an alert begins there that counts as false, else 0.
    private int Begins(int judged)
    {
        if (!_firing[judged] || judged < series.FirstCounted || series.WindowOf(judged) >= 0) return 0;
        return judged > series.FirstCounted && _firing[judged - 1] ? 0 : 1;
    }
}
