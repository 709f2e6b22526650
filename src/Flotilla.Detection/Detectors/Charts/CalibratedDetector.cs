namespace Flotilla.Detection;

/// <summary>
/// SPOT, upper side only, on the scores of another detector. Scores are learnt from the first one over 0 on: before it the inner
/// detector cannot judge.
/// </summary>
internal sealed class CalibratedDetector(IDetector inner, double risk, int relearn) : IDetector
{
    private const double Quantile = 0.98;
    private const int Calibration = 1000;

    private readonly SpotTails _tails = new(risk, Quantile, Calibration, relearn, upOnly: true);
    private bool _judges;

    public Verdict Observe(Point point)
    {
        if (double.IsNaN(point.Value)) return default;
        var score = inner.Observe(point).Score;
        _judges |= score > 0;
        if (!_judges) return default;
        if (score > GuardedDetector.Largest) return _tails.IsWarm ? Verdict.FromScore(double.PositiveInfinity) : default;
        return Verdict.FromScore(_tails.Observe(score));
    }
}
