namespace Flotilla.Detection;

/// <summary>
/// U ← Σ (z − δ) with z the distance from the mean of all values since the last change, in scales of a sum of neighbours; a rise
/// of U over its minimum by more than λ is a change upwards, and the mirror image one downwards. A change starts the mean anew;
/// the deviation is that of the values from the mean at their time, so it lives on.
/// </summary>
internal sealed class PageHinkleyDetector(double limit, double slack, int memory) : GuardedDetector
{
    internal const int WarmUp = 30;

    private readonly RunningMoments _level = new(memory);
    private readonly RunningMoments _residuals = new(memory);
    private double _up;
    private double _down;

    protected override bool IsWarm => _level.Count >= WarmUp;

    protected override Verdict Judge(DateTimeOffset at, double value)
    {
        var warm = IsWarm;
        var residual = value - _level.Mean;
        var before = _residuals.Deviation;
        var scale = Scales.Floored(before, ChartBaseline.Floor * _residuals.DeviationWith(residual), _level.Mean);
        var sumScale = scale * ChartBaseline.SumFactor(_residuals.Correlation);
        if (_level.Count > 0) _residuals.Add(warm ? Scales.Held(residual, 0, ChartBaseline.Reach, before, scale) : residual);
        _level.Add(value);
        if (!warm) return default;

        var z = sumScale > 0 ? (value - _level.Mean) / sumScale : 0;
        _up = Math.Max(0, _up + z - slack);
        _down = Math.Max(0, _down - z - slack);
        var verdict = Verdict.FromScore(Math.Max(_up, _down) / limit);
        if (verdict.IsAnomaly)
        {
            _up = _down = 0;
            _level.Clear();
        }
        return verdict;
    }
}
