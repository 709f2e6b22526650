namespace Flotilla.Detection;

/// <summary>
/// The generalised Pareto distribution of what values exceed a threshold by: P(Y &gt; y) = (1 + γy/σ)^(−1/γ), e^(−y/σ) for γ = 0.
/// </summary>
internal readonly record struct ParetoTail(double Shape, double Scale)
{
    // x·mean this close to 0 is the exponential distribution; at 0 itself the equation has a root that is none of the likelihood's.
    private const double Nearest = 1e-3;
    private const double Furthest = 1e4;
    private const double Growth = 2.5;
    private const double Precision = 1e-9;
    private const int Iterations = 60;

    /// <summary>The exponential distribution of the same mean.</summary>
    public static ParetoTail Exponential(ReadOnlySpan<double> excesses)
    {
        double sum = 0;
        foreach (var excess in excesses) sum += excess;
        return new(0, sum / excesses.Length);
    }

    /// <summary>
    /// The maximum of the likelihood by Grimshaw's trick (S. D. Grimshaw, Technometrics 35(2), 1993; Siffer et al. 2017, section
    /// 4.3): with x = γ/σ the two equations become u(x)·v(x) = 1, u = mean of 1/(1 + xYᵢ), v = 1 + mean of ln(1 + xYᵢ), whose
    /// roots lie in (−1/max, 0) and (0, 2(mean − min)/min²]; a root gives γ = v − 1, σ = γ/x. The most likely of the roots and of
    /// the exponential distribution is taken. Shapes under −1, where the likelihood has no maximum, are left out.
    /// </summary>
    /// <param name="excesses">All over 0; one at least.</param>
    public static ParetoTail Fit(ReadOnlySpan<double> excesses)
    {
        double least = double.PositiveInfinity, most = 0, sum = 0;
        foreach (var excess in excesses)
        {
            least = Math.Min(least, excess);
            most = Math.Max(most, excess);
            sum += excess;
        }
        var mean = sum / excesses.Length;
        var best = new ParetoTail(0, mean);
        var likelihood = best.LogLikelihood(excesses);

        // x in units of 1/mean: from 0 towards the pole at −1/max in ever smaller steps, then upwards in ever larger ones.
        var pole = mean / most;
        var from = At(excesses, -Math.Min(Nearest, pole / 2) / mean);
        for (var gap = 0.75; gap > 1e-7; gap *= gap > 0.3 ? 0.75 : 0.3)
        {
            var to = At(excesses, -pole * (1 - gap) / mean);
            if (to.X < from.X) from = Consider(excesses, from, to, ref best, ref likelihood);
        }
        var end = Math.Min(2 * (mean - least) * mean / (least * least), Furthest);
        from = At(excesses, Nearest / mean);
        for (var x = 30 * Nearest; x < end * Growth; x *= Growth)
            from = Consider(excesses, from, At(excesses, Math.Min(x, end) / mean), ref best, ref likelihood);
        return best;
    }

    /// <summary>The sum of the logarithms of the densities.</summary>
    public double LogLikelihood(ReadOnlySpan<double> excesses)
    {
        double sum = 0;
        if (Math.Abs(Shape) < Precision)
        {
            foreach (var excess in excesses) sum += excess;
            return -excesses.Length * Math.Log(Scale) - sum / Scale;
        }
        foreach (var excess in excesses)
        {
            var inner = 1 + Shape / Scale * excess;
            if (inner <= 0) return double.NegativeInfinity;
            sum += Math.Log(inner);
        }
        return -excesses.Length * Math.Log(Scale) - (1 + 1 / Shape) * sum;
    }

    /// <summary>The excess over which lies the given share of all excesses, over 0 and at most 1.</summary>
    public double Quantile(double share) =>
        Math.Abs(Shape) < Precision ? -Scale * Math.Log(share) : Scale / Shape * (Math.Pow(share, -Shape) - 1);

    /// <summary>A root between two places, if there is one, by the Illinois form of false position; returns the second place.</summary>
    private static Place Consider(ReadOnlySpan<double> excesses, Place from, Place to, ref ParetoTail best, ref double likelihood)
    {
        if (!(from.Value * to.Value < 0)) return to;
        var (a, b) = (from, to);
        var (weightA, weightB) = (a.Value, b.Value);
        var root = b;
        for (var i = 0; i < Iterations && Math.Abs(b.X - a.X) > Precision * Math.Abs(b.X); i++)
        {
            root = At(excesses, (a.X * weightB - b.X * weightA) / (weightB - weightA));
            if (Math.Abs(root.Value) < 1e-14) break;
            if (root.Value * b.Value < 0)
            {
                (a, weightA) = (b, b.Value);
            }
            else
            {
                weightA /= 2;
            }
            (b, weightB) = (root, root.Value);
        }
        var tail = new ParetoTail(root.Shape, root.Shape / root.X);
        if (tail.Shape >= -1 && tail.Scale > 0 && double.IsFinite(tail.Scale))
        {
            var itsLikelihood = tail.LogLikelihood(excesses);
            if (itsLikelihood > likelihood) (best, likelihood) = (tail, itsLikelihood);
        }
        return to;
    }

    /// <summary>u(x)·v(x) − 1 and v(x) − 1 at x.</summary>
    private static Place At(ReadOnlySpan<double> excesses, double x)
    {
        double inverse = 0, logarithm = 0;
        foreach (var excess in excesses)
        {
            var inner = 1 + x * excess;
            inverse += 1 / inner;
            logarithm += Math.Log(inner);
        }
        var shape = logarithm / excesses.Length;
        return new(x, inverse / excesses.Length * (1 + shape) - 1, shape);
    }

    private readonly record struct Place(double X, double Value, double Shape);
}
