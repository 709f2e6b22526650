namespace Flotilla.Detection;

/// <summary>
/// S⁺ ← max(0, S⁺ + z − k), S⁻ ← max(0, S⁻ − z − k) against h, with z the distance from the mean in control in scales of a sum of
/// neighbours. An alarm sets both sums to 0. When it ends a climb of at least <c>relearn</c> points, or alarms last, the level has
/// moved, and that of the climb is taken over.
/// </summary>
internal sealed class CusumDetector(double limit, double slack, int memory, int relearn) : GuardedDetector
{
    private readonly ChartBaseline _baseline = new(memory, relearn);
    private readonly RunningMoments _rise = new(memory);
    private readonly RunningMoments _fall = new(memory);
    private double _up;
    private double _down;

    protected override bool IsWarm => _baseline.IsWarm;

    protected override Verdict Judge(DateTimeOffset at, double value)
    {
        if (!IsWarm)
        {
            _baseline.WarmUpWith(value);
            return default;
        }
        var scale = _baseline.SumScale(value);
        var z = scale > 0 ? (value - _baseline.Mean) / scale : 0;
        _up = Climb(_up + z - slack, _rise, value);
        _down = Climb(_down - z - slack, _fall, value);
        var verdict = Verdict.FromScore(Math.Max(_up, _down) / limit);
        if (!verdict.IsAnomaly)
        {
            _baseline.Learn(value, anomalous: false);
            return verdict;
        }
        var climb = _up > _down ? _rise : _fall;
        if (climb.Count >= relearn) _baseline.MoveTo(climb);
        else _baseline.Learn(value, anomalous: true);
        _up = _down = 0;
        _rise.Clear();
        _fall.Clear();
        return verdict;
    }

    private static double Climb(double sum, RunningMoments since, double value)
    {
        if (sum > 0)
        {
            since.Add(value);
            return sum;
        }
        since.Clear();
        return 0;
    }
}
