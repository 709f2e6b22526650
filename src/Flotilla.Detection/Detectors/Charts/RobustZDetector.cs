namespace Flotilla.Detection;

/// <summary>
/// Distance from the median of the values before, in normal-consistent MADs. The scale is never under a share of the long-run
/// deviation, the newest value included: so a series that is nearly always 0 does not alarm at each other value, and the first
/// change of a constant one has a finite score. The long-run deviation learns an outlier only as far as the band reaches.
/// </summary>
internal sealed class RobustZDetector(double limit, int window, double floor, int relearn) : GuardedDetector, IBandDetector
{
    internal const int WarmUp = 30;
    internal const int LongRunWindows = 10;

    private readonly MedianWindow _window = new(window);
    private readonly RunningMoments _longRun = new(LongRunWindows * window);
    private readonly LevelShift _shift = new(relearn);

    public (double Low, double High)? Band { get; private set; }

    protected override bool IsWarm => _window.Count >= WarmUp;

    protected override Verdict Judge(DateTimeOffset at, double value)
    {
        if (!IsWarm)
        {
            Band = null;
            Learn(value, value);
            return default;
        }
        var median = SortedRun.Median(_window.Sorted);
        var mad = SortedRun.NormalMad * SortedRun.MedianDeviation(_window.Sorted, median);
        var scale = Scales.Floored(mad, floor * _longRun.DeviationWith(value), median);
        var reach = limit * scale;
        Band = (median - reach, median + reach);
        var verdict = Verdict.FromScore(Math.Abs(value - median) / reach);
        Learn(value, Scales.Held(value, median, limit, Math.Max(mad, floor * _longRun.Deviation), scale));
        if (_shift.Observe(verdict.IsAnomaly)) StartFromNewest();
        return verdict;
    }

    private void Learn(double value, double held)
    {
        _window.Add(value);
        _longRun.Add(held);
    }

    private void StartFromNewest()
    {
        var newest = _window.KeepNewest(relearn);
        _longRun.Clear();
        foreach (var value in newest) _longRun.Add(value);
    }
}
