namespace Flotilla.Detection;

/// <summary>
/// One side of SPOT: a threshold t at a quantile of the calibration, the newest excesses over it, and the limit
/// z = t + (σ/γ)·((q·n/N)^(−γ) − 1) that a value passes with probability q, from n values of which N exceeded t.
/// </summary>
internal sealed class SpotTail(double risk)
{
    /// <summary>How many excesses are kept.</summary>
    public const int Capacity = 200;

    private const double Hold = 2;

    // The shape of fewer is mostly chance.
    private const int FewestForShape = 10;

    private readonly double[] _excesses = new double[Capacity];
    private double _seen;
    private double _exceeded;

    /// <summary>How many excesses are kept now.</summary>
    public int Kept => (int)Math.Min(_exceeded, Capacity);

    public double Threshold { get; private set; }

    public double Limit { get; private set; }

    /// <summary>Starts anew from a batch.</summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="quantile">Where the threshold lies among them.</param>
    public void Calibrate(ReadOnlySpan<double> sorted, double quantile)
    {
        Threshold = SortedRun.Quantile(sorted, quantile);
        _seen = sorted.Length;
        _exceeded = 0;
        foreach (var value in sorted)
        {
            if (value > Threshold) Keep(value - Threshold);
        }
        Refit();
    }

    /// <summary>
    /// Learns a value. One over the limit counts, up to twice the limit's excess. The paper leaves such values out; but then each
    /// fit is to a tail that was cut off at the last limit, and the limit sinks from fit to fit.
    /// </summary>
    public void Learn(double value)
    {
        _seen++;
        if (value <= Threshold) return;
        var most = Limit > Threshold ? Hold * (Limit - Threshold) : double.MaxValue;
        Keep(Math.Min(value - Threshold, most));
        Refit();
    }

    private void Keep(double excess)
    {
        _excesses[(int)(_exceeded % Capacity)] = excess;
        _exceeded++;
    }

    private void Refit()
    {
        Limit = Threshold;
        if (Kept == 0) return;
        var kept = _excesses.AsSpan(0, Kept);
        var tail = Kept < FewestForShape ? ParetoTail.Exponential(kept) : ParetoTail.Fit(kept);
        Limit = Math.Min(Threshold + Math.Max(0, tail.Quantile(risk * _seen / _exceeded)), double.MaxValue);
    }
}
