namespace Flotilla.Detection.Tests;

/// <summary>Series for charts, and the plain formulas that references are written with.</summary>
internal static class ChartSeries
{
    public static double[] Noise(int count, int seed, double level = 100, double deviation = 1)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => level + deviation * Normal(random)).ToArray();
    }

    public static double[] Seasonal(int count, int season, int seed, double amplitude = 10)
    {
        var noise = Noise(count, seed);
        return noise.Select((value, i) => value + amplitude * Math.Sin(2 * Math.PI * i / season)).ToArray();
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public static double NormalMad(IReadOnlyCollection<double> values)
    {
        var median = Median(values);
        return 1.4826022185056018 * Median(values.Select(value => Math.Abs(value - median)));
    }

    /// <summary>With divisor n.</summary>
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    /// <summary>Σ (i−1)/i·dᵢdᵢ₋₁ / Σ (i−1)/i·dᵢ² with dᵢ the distance from the mean of the values before.</summary>
    public static double Correlation(IReadOnlyList<double> values)
    {
        double products = 0, squares = 0, before = 0, sum = values[0];
        for (var i = 1; i < values.Count; i++)
        {
            var difference = values[i] - sum / i;
            products += i / (i + 1.0) * difference * before;
            squares += i / (i + 1.0) * difference * difference;
            before = difference;
            sum += values[i];
        }
        return squares > 0 ? Math.Clamp(products / squares, 0, 0.99) : 0;
    }

    /// <summary>Equal but for rounding.</summary>
    public static void ShouldBeNear(this double actual, double expected, double tolerance = 1e-9) =>
        Math.Abs(actual - expected).ShouldBeLessThanOrEqualTo(tolerance * (1 + Math.Abs(expected)), $"{actual} for {expected}");
}
