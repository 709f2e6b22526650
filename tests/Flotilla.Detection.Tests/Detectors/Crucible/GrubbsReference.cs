namespace Flotilla.Detection.Tests;

/// <summary>
/// The limit of Grubbs' test by numerical integration: with t = √ν·tan θ the density of Student's distribution is in
/// proportion to cos^(ν−1) θ.
/// </summary>
internal static class GrubbsReference
{
    // Good for nine digits.
    private const int FewSteps = 1000;
    private static readonly Lock Known = new();
    private static readonly Dictionary<int, double> Limits = [];

    public static double Limit(int count)
    {
        lock (Known)
        {
            if (Limits.TryGetValue(count, out var known)) return known;
            return Limits[count] = Limit(count, FewSteps);
        }
    }

    public static double Limit(int count, int steps)
    {
        var c = Quantile(count, steps);
        return (count - 1) / Math.Sqrt(count) * Math.Sqrt(c * c / (count - 2 + c * c));
    }

    private static double Quantile(int count, int steps)
    {
        double freedom = count - 2;
        var target = 0.05 / (2 * count) * 2 * Integral(0, freedom, steps);
        var angle = Math.Atan(3 / Math.Sqrt(freedom));
        for (var i = 0; i < 30; i++)
        {
            var tail = Integral(angle, freedom, steps);
            var change = tail * Math.Log(tail / target) / Density(angle, freedom);
            angle = Math.Min(angle + change, (angle + Math.PI / 2) / 2);
            if (Math.Abs(change) < 1e-14 * angle) break;
        }
        return Math.Sqrt(freedom) * Math.Tan(angle);
    }

    // Simpson's rule, up to where nothing is left.
    private static double Integral(double from, double freedom, int steps)
    {
        var width = (Math.Min(Math.PI / 2, from + 12 / Math.Sqrt(freedom)) - from) / steps;
        var sum = Density(from, freedom) + Density(from + steps * width, freedom);
        for (var i = 1; i < steps; i++) sum += (i % 2 == 1 ? 4 : 2) * Density(from + i * width, freedom);
        return sum * width / 3;
    }

    private static double Density(double angle, double freedom) => Math.Pow(Math.Max(0, Math.Cos(angle)), freedom - 1);
}
