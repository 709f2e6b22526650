namespace Flotilla.Detection;

/// <summary>
/// Student's t distribution. Its upper tail is ½·I_x(ν/2, ½) at x = ν/(ν + t²), with the regularised incomplete beta function by
/// its continued fraction (NIST DLMF 8.17.22) after Lentz.
/// </summary>
internal static class StudentT
{
    /// <summary>The t ≥ 0 over which lies <paramref name="tail"/>, a probability over 0 and at most ½.</summary>
    public static double UpperQuantile(double tail, double degrees)
    {
        if (tail >= 0.5) return 0;
        var logBeta = LogBeta(degrees);
        double low = 0, high = 1;
        while (UpperTail(high, degrees, logBeta) > tail)
        {
            low = high;
            high *= 2;
        }
        // Newton's method on the logarithm of the tail, which is nearly straight; a step out of the bracket halves the bracket.
        var t = (low + high) / 2;
        for (var i = 0; i < 100 && high - low > 1e-13 * high; i++)
        {
            var probability = UpperTail(t, degrees, logBeta);
            if (probability > tail) low = t;
            else high = t;
            var density = Math.Exp(-(degrees + 1) / 2 * Math.Log(1 + t * t / degrees) - logBeta) / Math.Sqrt(degrees);
            var next = t + Math.Log(probability / tail) * probability / density;
            if (!(next > low && next < high)) next = (low + high) / 2;
            if (Math.Abs(next - t) <= 1e-14 * t) return next;
            t = next;
        }
        return t;
    }

    public static double UpperTail(double t, double degrees) => UpperTail(t, degrees, LogBeta(degrees));

    private static double UpperTail(double t, double degrees, double logBeta) =>
        0.5 * IncompleteBeta(degrees / (degrees + t * t), t * t / (degrees + t * t), degrees / 2, 0.5, logBeta);

    // ln B(ν/2, ½)
    private static double LogBeta(double degrees) => LogGamma(degrees / 2) + LogGamma(0.5) - LogGamma((degrees + 1) / 2);

    private static double IncompleteBeta(double x, double rest, double a, double b, double logBeta)
    {
        if (x <= 0) return 0;
        if (rest <= 0) return 1;
        var front = Math.Exp(a * Math.Log(x) + b * Math.Log(rest) - logBeta);
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - front * Fraction(rest, b, a) / b;
    }

    private static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        var c = 1.0;
        var d = 1 / NotZero(1 - (a + b) * x / (a + 1));
        var result = d;
        for (var m = 1; m < 10_000; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / NotZero(1 + even * d);
            c = NotZero(1 + even / c);
            result *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + odd * d);
            c = NotZero(1 + odd / c);
            result *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16) break;
        }
        return result;

        static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
    }

    /// <summary>ln Γ by Stirling's series (DLMF 5.11.1) after moving the argument over 15; exact to about 10⁻¹⁵.</summary>
    internal static double LogGamma(double x)
    {
        var product = 1.0;
        for (; x < 15; x++) product *= x;
        var inverse = 1 / x;
        var square = inverse * inverse;
        var series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))));
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series - Math.Log(product);
    }
}
