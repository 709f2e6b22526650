namespace Flotilla.Detection;

/// <summary>Quantiles of the χ² distribution.</summary>
internal static class ChiSquare
{
    /// <summary>The value that a χ² variable exceeds with the given probability.</summary>
    /// <param name="tail">From over 0 to under 1.</param>
    /// <param name="degrees">Degrees of freedom, 1 or more.</param>
    public static double UpperQuantile(double tail, int degrees)
    {
        double low = 0, high = Math.Max(1, degrees);
        while (UpperTail(high, degrees) > tail) high *= 2;
        while (high - low > 1e-13 * high)
        {
            var middle = (low + high) / 2;
            if (UpperTail(middle, degrees) > tail) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    /// <summary>
    /// P(χ² &gt; x) = Q(a, x/2) for a = degrees/2, by the recurrence Q(a+1, y) = Q(a, y) + yᵃ·e⁻ʸ/Γ(a+1), from Q(1, y) = e⁻ʸ for even
    /// and Q(½, y) = erfc(√y) for odd degrees (M. Abramowitz, I. A. Stegun, 26.4.4 and 26.4.5).
    /// </summary>
    internal static double UpperTail(double x, int degrees)
    {
        var y = x / 2;
        var isEven = degrees % 2 == 0;
        var tail = isEven ? Math.Exp(-y) : ComplementaryError(Math.Sqrt(y));
        var term = isEven ? y * Math.Exp(-y) : 2 * Math.Sqrt(y / Math.PI) * Math.Exp(-y);
        for (var a = isEven ? 1 : 0.5; a < degrees / 2.0; a++)
        {
            tail += term;
            term *= y / (a + 1);
        }
        return tail;
    }

    // The series of erf where it converges fast, and the continued fraction of erfc (7.1.6, 7.1.14) beyond.
    private static double ComplementaryError(double x)
    {
        var square = x * x;
        if (x < 2.5)
        {
            double term = x, sum = x;
            for (var n = 1; Math.Abs(term) > 1e-17 * sum; n++)
            {
                term *= 2 * square / (2 * n + 1);
                sum += term;
            }
            return 1 - 2 / Math.Sqrt(Math.PI) * Math.Exp(-square) * sum;
        }
        var fraction = x;
        for (var n = 60; n >= 1; n--) fraction = x + n / 2.0 / fraction;
        return Math.Exp(-square) / (Math.Sqrt(Math.PI) * fraction);
    }
}
