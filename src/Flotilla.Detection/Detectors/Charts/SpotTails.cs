namespace Flotilla.Detection;

/// <summary>
/// SPOT with its calibration: values are collected until there are enough for a first fit, which is redone each time their number
/// has doubled until the calibration is whole; from then on each tail learns peak by peak. When values over the limits last, it
/// starts anew.
/// </summary>
/// <param name="risk">The probability that a normal value passes a limit, both sides together.</param>
/// <param name="quantile">Where the threshold lies once there are many values; with few it is lower, so that 20 exceed it.</param>
/// <param name="calibration">How many values make a whole calibration.</param>
/// <param name="relearn">See <see cref="LevelShift"/>.</param>
/// <param name="upOnly">Whether only large values are of interest, and 0 is where their distance is measured from.</param>
internal sealed class SpotTails(double risk, double quantile, int calibration, int relearn, bool upOnly = false)
{
    internal const int WarmUp = 200;
    private const double FewestPeaks = 20;
    // How far beyond a limit a value counts, in limits, for the deviation and the next calibration.
    private const double Reach = 2;

    private readonly SpotTail _up = new(upOnly ? risk : risk / 2);
    private readonly SpotTail _down = new(risk / 2);
    private readonly RunningMoments _all = new(calibration);
    private readonly LevelShift _shift = new(relearn);
    private readonly Queue<double> _newest = new();
    private List<double>? _calibration = [];
    private int _nextFit = Math.Min(WarmUp, calibration);
    private double _centre;

    public bool IsWarm { get; private set; }

    public (double Low, double High)? Band { get; private set; }

    /// <summary>How many values the state holds.</summary>
    public int Held => _up.Kept + _down.Kept + _newest.Count + (_calibration?.Count ?? 0);

    /// <summary>The score of the next value, 0 while there is no calibration; then learns it.</summary>
    /// <param name="value">The value, or its distance from a level.</param>
    /// <param name="level">That level: a distance within its rounding is none.</param>
    public double Observe(double value, double level = 0)
    {
        _newest.Enqueue(value);
        if (_newest.Count > relearn) _newest.Dequeue();
        if (!IsWarm)
        {
            _all.Add(value);
            Collect(value);
            return 0;
        }
        var floor = Scales.Floored(0, _all.DeviationWith(value), Math.Max(Math.Abs(_centre), Math.Abs(level)));
        var high = Math.Max(_up.Limit - _centre, floor);
        var low = upOnly ? double.PositiveInfinity : Math.Max(_down.Limit + _centre, floor);
        Band = (_centre - low, _centre + high);
        var distance = value - _centre;
        var score = distance > 0 ? distance / high : distance < 0 ? -distance / low : 0;

        // Of anomalies in short order only the first is learnt: the limits would grow until they hold the new level between them.
        if (!(score > 1) || _shift.IsCalm) Learn(value, Within(value, high, low));
        if (_shift.Observe(score > 1)) StartWith([.. _newest]);
        return score;
    }

    private double Within(double value, double high, double low) => value >= _centre
        ? Scales.Held(value, _centre, Reach, Math.Max(_up.Limit - _centre, _all.Deviation), high)
        : upOnly ? value
        : Scales.Held(value, _centre, Reach, Math.Max(_down.Limit + _centre, _all.Deviation), low);

    /// <summary>Starts a calibration with these values.</summary>
    public void StartWith(IReadOnlyList<double> values)
    {
        IsWarm = false;
        Band = null;
        _all.Clear();
        _calibration = [];
        _nextFit = Math.Min(WarmUp, calibration);
        foreach (var value in values)
        {
            _all.Add(value);
            if (_calibration is not null) Collect(value);
        }
    }

    private void Learn(double value, double held)
    {
        _all.Add(held);
        _up.Learn(value);
        if (!upOnly) _down.Learn(-value);
        if (_calibration is not null) Collect(held);
    }

    private void Collect(double value)
    {
        _calibration!.Add(value);
        if (_calibration.Count < _nextFit) return;
        Fit(_calibration);
        _nextFit = Math.Min(2 * _calibration.Count, calibration);
        if (_calibration.Count >= calibration) _calibration = null;
    }

    private void Fit(List<double> values)
    {
        var share = Math.Min(quantile, 1 - FewestPeaks / values.Count);
        var sorted = values.Order().ToArray();
        _centre = upOnly ? 0 : SortedRun.Median(sorted);
        _up.Calibrate(sorted, share);
        if (!upOnly)
        {
            var mirrored = Array.ConvertAll(sorted, value => -value);
            Array.Reverse(mirrored);
            _down.Calibrate(mirrored, share);
        }
        IsWarm = true;
    }
}
