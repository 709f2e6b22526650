namespace Flotilla.Detection;

/// <summary>
/// The hybrid ESD test on what is left of the last values without their season. Each value loses the season known when it came, so
/// that the newest is compared with distances of the same kind; the season itself is taken anew from the window a few times per
/// window.
/// </summary>
internal sealed class SeasonalEsdDetector(double significance, double share, double floor, int window, int season, int relearn)
    : GuardedDetector, IBandDetector
{
    internal const int WarmUp = 30;

    private const int RefreshesPerWindow = 16;
    private const int SeasonsToRefresh = 2;

    private readonly ExtremeDeviates _test = new(significance);
    private readonly SeasonLearner _learner = new(season, window / 2);
    private readonly MedianWindow _left = new(window);
    private readonly RunningMoments _longRun = new(window);
    private readonly LevelShift _shift = new(relearn);
    private readonly Queue<(int Slot, double Value)> _recent = new();
    private double[] _season = [0];
    private int _sinceRefresh;

    public (double Low, double High)? Band { get; private set; }

    /// <summary>The season found, in steps; 0 for none.</summary>
    internal int Season => _learner.Season;

    protected override bool IsWarm => _left.Count >= WarmUp;

    protected override Verdict Judge(DateTimeOffset at, double value)
    {
        var slot = _learner.Slot(at);
        var left = value - _season[slot];
        var warm = IsWarm;
        _left.Add(left);
        var verdict = warm ? Judge(left, _season[slot]) : default;
        if (!warm)
        {
            Band = null;
            _longRun.Add(left);
        }
        if (_shift.Observe(verdict.IsAnomaly)) StartFromNewest();

        if (_learner.Season > 0) Remember(slot, value);
        if (_learner.Add(at, value) is { } points) StartWith(points);
        return verdict;
    }

    private Verdict Judge(double left, double season)
    {
        var most = Math.Max(1, (int)(share * _left.Count));
        var least = floor * _longRun.DeviationWith(left);
        var result = _test.Test(_left.Sorted, left, most, least);
        var scale = Scales.Floored(result.Mad, least, result.Centre);
        var reach = result.Critical * scale;
        Band = (season + result.Centre - reach, season + result.Centre + reach);
        _longRun.Add(Scales.Held(left, result.Centre, result.Critical, Math.Max(result.Mad, floor * _longRun.Deviation), scale));
        return Verdict.FromScore(result.Score);
    }

    private void Remember(int slot, double value)
    {
        _recent.Enqueue((slot, value));
        if (_recent.Count > window) _recent.Dequeue();
        if (++_sinceRefresh * RefreshesPerWindow < window || _recent.Count < SeasonsToRefresh * _season.Length) return;
        _season = Seasonality.Medians([.. _recent], _season.Length);
        _sinceRefresh = 0;
    }

    private void StartWith(IReadOnlyList<Point> points)
    {
        var inSeason = points.Select((point, i) => (Slot: _learner.Slot(points, i), point.Value)).ToArray();
        _season = Seasonality.Medians(inSeason, _learner.Season);
        var middle = SortedRun.Median(inSeason.Select(point => point.Value - _season[point.Slot]).Order().ToArray());
        var unseen = Seasonality.Unseen(inSeason.Length, _learner.Season);
        _left.KeepNewest(0);
        _longRun.Clear();
        _recent.Clear();
        foreach (var (slot, value) in inSeason.TakeLast(window))
        {
            var left = middle + (value - _season[slot] - middle) * unseen;
            _left.Add(left);
            _longRun.Add(left);
            Remember(slot, value);
        }
    }

    // The season of the old level still holds, but its values must not be mixed with those of the new one.
    private void StartFromNewest()
    {
        _longRun.Clear();
        foreach (var left in _left.KeepNewest(relearn)) _longRun.Add(left);
        _recent.Clear();
    }
}
