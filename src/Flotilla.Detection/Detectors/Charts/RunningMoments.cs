namespace Flotilla.Detection;

/// <summary>
/// Mean, variance and lag-1 autocovariance of a series, in one pass after D. H. D. West, CACM 22(9), 1979. A new value weighs
/// 1/n until <paramref name="memory"/> values were seen and 1/memory from then on: first the plain moments, then exponential
/// forgetting. Variances have divisor n.
/// </summary>
internal sealed class RunningMoments(int memory)
{
    // At 1 the limits of a chart would be infinite.
    private const double MaxCorrelation = 0.99;

    private double _variance;
    private double _covariance;
    private double _lastDifference;

    public int Count { get; private set; }

    public double Mean { get; private set; }

    public double Deviation => Math.Sqrt(_variance);

    /// <summary>The correlation of neighbours, held between 0 and 0.99: charts widen their limits by it, they never narrow them.</summary>
    public double Correlation => _variance > 0 ? Math.Clamp(_covariance / _variance, 0, MaxCorrelation) : 0;

    public void Add(double value)
    {
        var weight = NextWeight;
        Count = Math.Min(Count + 1, memory);
        var difference = value - Mean;
        _variance = (1 - weight) * (_variance + weight * difference * difference);
        _covariance = (1 - weight) * (_covariance + weight * difference * _lastDifference);
        Mean += weight * difference;
        // The first value has no mean to differ from.
        _lastDifference = weight < 1 ? difference : 0;
    }

    /// <summary>The deviation that there would be with one more value.</summary>
    public double DeviationWith(double value)
    {
        var weight = NextWeight;
        var difference = value - Mean;
        return Math.Sqrt((1 - weight) * (_variance + weight * difference * difference));
    }

    /// <summary>Takes over a level that was seen for a while: its mean, the larger of both deviations.</summary>
    public void MoveTo(RunningMoments level)
    {
        _variance = Math.Max(_variance, level._variance);
        _covariance = Math.Min(Math.Max(_covariance, level._covariance), _variance);
        _lastDifference = level._lastDifference;
        Mean = level.Mean;
        Count = level.Count;
    }

    public void CopyFrom(RunningMoments other)
    {
        _variance = other._variance;
        _covariance = other._covariance;
        _lastDifference = other._lastDifference;
        Mean = other.Mean;
        Count = other.Count;
    }

    public void Clear()
    {
        _variance = _covariance = _lastDifference = Mean = 0;
        Count = 0;
    }

    private double NextWeight => 1.0 / Math.Min(Count + 1, memory);
}
