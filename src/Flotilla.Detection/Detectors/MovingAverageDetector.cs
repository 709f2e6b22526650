namespace Flotilla.Detection;

/// <summary>
/// One-pass form of the exponentially weighted mean and variance: with W = Σw and W₂ = Σw², a new value multiplies every old
/// weight by k, and Q = Σw(x−μ)² is carried on as in Welford's algorithm (B. P. Welford, Technometrics 4(3), 1962;
/// D. H. D. West, CACM 22(9), 1979, for weights). σ² = Q/(W − W₂/W).
/// </summary>
internal sealed class MovingAverageDetector(double sigmas, double centerOfMass, int warmUp) : IDetector
{
    private const double Largest = 1e150;

    private readonly double _decay = centerOfMass / (1 + centerOfMass);
    private int _seen;
    private double _mean;
    private double _weight;
    private double _squaredWeight;
    private double _squares;

    public Verdict Observe(Point point)
    {
        var value = point.Value;
        if (double.IsNaN(value)) return default;
        if (Math.Abs(value) > Largest) return _seen >= warmUp ? Verdict.FromScore(double.PositiveInfinity) : default;

        if (_seen < warmUp) _seen++;
        _weight = _decay * _weight + 1;
        _squaredWeight = _decay * _decay * _squaredWeight + 1;
        var difference = value - _mean;
        _mean += difference / _weight;
        _squares = _decay * _squares + difference * (value - _mean);
        if (_seen < warmUp) return default;

        var deviation = Math.Sqrt(_squares / (_weight - _squaredWeight / _weight));
        return Verdict.FromScore(Math.Abs(value - _mean) / (sigmas * deviation));
    }
}
