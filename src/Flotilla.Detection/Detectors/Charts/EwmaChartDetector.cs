namespace Flotilla.Detection;

/// <summary>
/// e ← λ(x − m) + (1 − λ)e against ±L·σ·√V, with m and σ from the points that were in control. V is the variance of e for values
/// of variance 1 after t points: see <see cref="VarianceFactor"/>. An alarm starts e anew, so that one spike is one alarm and not
/// as many as e takes to decay.
/// </summary>
internal sealed class EwmaChartDetector(double smoothing, double limit, int memory, int relearn) : GuardedDetector, IBandDetector
{
    private readonly ChartBaseline _baseline = new(memory, relearn);
    private double _average;
    private int _sinceStart;

    public (double Low, double High)? Band { get; private set; }

    protected override bool IsWarm => _baseline.IsWarm;

    protected override Verdict Judge(DateTimeOffset at, double value)
    {
        if (!IsWarm)
        {
            Band = null;
            _baseline.WarmUpWith(value);
            return default;
        }
        if (_sinceStart < int.MaxValue) _sinceStart++;
        var mean = _baseline.Mean;
        var bound = limit * _baseline.Scale(value) * Math.Sqrt(VarianceFactor(smoothing, _baseline.Correlation, _sinceStart));
        var carried = (1 - smoothing) * _average;
        _average = smoothing * (value - mean) + carried;
        Band = (mean + (-bound - carried) / smoothing, mean + (bound - carried) / smoothing);
        var verdict = Verdict.FromScore(Math.Abs(_average) / bound);

        _baseline.Learn(value, verdict.IsAnomaly);
        if (verdict.IsAnomaly)
        {
            _average = 0;
            _sinceStart = 0;
        }
        return verdict;
    }

    /// <summary>
    /// The variance of the average after <paramref name="count"/> values of variance 1 whose correlation at lag k is
    /// correlationᵏ: λ² Σᵢ Σⱼ (1−λ)ⁱ⁺ʲ·correlation^|i−j|. Without correlation this is Roberts' λ/(2−λ)·(1 − (1−λ)²ᵗ).
    /// </summary>
    internal static double VarianceFactor(double smoothing, double correlation, int count)
    {
        var kept = 1 - smoothing;
        if (kept <= 0) return 1;
        var forgotten = Math.Pow(kept, 2.0 * count);
        var own = smoothing / (2 - smoothing) * (1 - forgotten);
        if (correlation <= 0) return own;
        // λ²·2·Σₖ (ρr)ᵏ(1 − r²⁽ᵗ⁻ᵏ⁾)/(1 − r²) with r = 1 − λ; the second part is summed from its larger end, so that no power overflows.
        var pairs = Geometric(correlation * kept, count - 1);
        var late = correlation < kept
            ? forgotten * Geometric(correlation / kept, count - 1)
            : Math.Pow(kept * correlation, count) * Geometric(kept / correlation, count - 1);
        return own + 2 * smoothing / (2 - smoothing) * (pairs - late);
    }

    /// <summary>q + q² + … + qⁿ.</summary>
    private static double Geometric(double q, int n) => Math.Abs(1 - q) < 1e-9 ? n * q : q * (1 - Math.Pow(q, n)) / (1 - q);
}
