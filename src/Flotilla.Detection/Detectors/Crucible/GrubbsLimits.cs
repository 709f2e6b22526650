namespace Flotilla.Detection;

/// <summary>
/// The limit of Grubbs' test (F. E. Grubbs, Technometrics 11(1), 1969) at 5 % for each number of values: G(n) = (n−1)/√n ·
/// √(c²/(n−2+c²)) with c the t-quantile of n − 2 degrees of freedom whose upper tail is 0.05/(2n). Each is computed once for all series.
/// </summary>
internal static class GrubbsLimits
{
    private const double Significance = 0.05;
    private const int FirstTable = 4096;
    // From here on the expansion differs from the exact quantile by less than 1e-12.
    private const int ExpandFrom = 1000;

    private static readonly Lock Growing = new();
    private static double[] _limits = [];

    /// <summary>The limit for <paramref name="count"/> values; NaN for fewer than three.</summary>
    public static double For(long count)
    {
        if (count < 3) return double.NaN;
        var limits = Volatile.Read(ref _limits);
        return count < limits.Length ? limits[count] : Grow(count);
    }

    private static double Grow(long count)
    {
        const int largest = 1 << 24;
        if (count >= largest) return Limit(count, ExpandedQuantile(count));
        lock (Growing)
        {
            var known = _limits;
            if (count < known.Length) return known[count];
            var grown = new double[Math.Max(FirstTable, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count + 1))];
            known.CopyTo(grown, 0);
            var quantile = 0.0;
            for (var n = Math.Max(3, known.Length); n < grown.Length; n++)
            {
                quantile = n < ExpandFrom ? ExactQuantile(n, quantile) : ExpandedQuantile(n);
                grown[n] = Limit(n, quantile);
            }
            Volatile.Write(ref _limits, grown);
            return grown[count];
        }
    }

    private static double Limit(double n, double quantile) => (n - 1) / Math.Sqrt(n) * Math.Sqrt(quantile * quantile / (n - 2 + quantile * quantile));

    /// <summary>Newton's method on the logarithm of the tail, which is almost straight.</summary>
    internal static double ExactQuantile(int n, double near = 0)
    {
        var freedom = n - 2;
        var target = Significance / n;
        var angle = Math.Atan(Math.Max(near, 1) / Math.Sqrt(freedom));
        for (var step = 0; step < 50; step++)
        {
            var (tail, density) = TwoTails(angle, freedom);
            var change = tail * Math.Log(tail / target) / density;
            // Never over the edge at a right angle.
            angle = Math.Min(angle + change, (angle + Math.PI / 2) / 2);
            if (Math.Abs(change) < 1e-15 * angle) break;
        }
        return Math.Sqrt(freedom) * Math.Tan(angle);
    }

    /// <summary>
    /// P(|t| &gt; c) and its derivative by −θ at tan θ = c/√ν: the finite sums 26.7.3 and 26.7.4 of M. Abramowitz and
    /// I. A. Stegun, Handbook of Mathematical Functions, 1964.
    /// </summary>
    private static (double Tail, double Density) TwoTails(double angle, int freedom)
    {
        var (sine, cosine) = Math.SinCos(angle);
        var odd = freedom % 2 == 1;
        var term = odd ? cosine : 1;
        var sum = freedom == 1 ? 0 : term;
        for (var i = odd ? 3 : 2; i <= freedom - 2; i += 2)
        {
            term *= cosine * cosine * (i - 1) / i;
            sum += term;
        }
        var inside = odd ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
        var density = odd ? 2 / Math.PI : cosine;
        for (var i = odd ? 3 : 4; i <= freedom; i += 2) density *= cosine * cosine * (i - 1) / (i - 2);
        return (1 - inside, density);
    }

    /// <summary>
    /// The Cornish-Fisher expansion of the t-quantile by that of the normal distribution to 1/ν⁴: 26.7.5 of Abramowitz and Stegun.
    /// </summary>
    internal static double ExpandedQuantile(long n)
    {
        double v = n - 2;
        var z = NormalQuantile(Significance / (2 * n));
        var y = z * z;
        var first = (y + 1) * z / 4;
        var second = ((5 * y + 16) * y + 3) * z / 96;
        var third = (((3 * y + 19) * y + 17) * y - 15) * z / 384;
        var fourth = ((((79 * y + 776) * y + 1482) * y - 1920) * y - 945) * z / 92160;
        return z + (first + (second + (third + fourth / v) / v) / v) / v;
    }

    /// <summary>
    /// The point above which a part <paramref name="tail"/> of the normal distribution lies, for 10⁻¹¹ to 0.07: the middle
    /// branch of PPND16 of M. J. Wichura, "Algorithm AS 241", Applied Statistics 37(3), 1988.
    /// </summary>
    private static double NormalQuantile(double tail)
    {
        var r = Math.Sqrt(-Math.Log(tail)) - 1.6;
        var numerator = ((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r
            + 1.27045825245236838258e0) * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r + 4.63033784615654529590e0) * r
            + 1.42343711074968357734e0;
        var denominator = ((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r
            + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r + 2.05319162663775882187e0) * r + 1;
        return numerator / denominator;
    }
}
