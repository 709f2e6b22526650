namespace Flotilla.Detection.Tests;

public sealed class SubPcaTests
{
    [Theory]
    [InlineData(6, 6, 0.1)]
    [InlineData(6, 2, 0.1)]
    [InlineData(10, 3, 5)]
    [InlineData(10, 10, 0)]
    public void The_score_is_the_distance_of_the_formula(int window, int components, double ridge)
    {
        // A refresh at every window, no forgetting: mean and covariance are those of all windows before.
        var series = ShapeSeries.Noise(200, 4);
        var score = new SubPcaScore(window, components, history: 100_000, refresh: 1, ridge);
        List<double[]> windows = [];
        List<double> weights = [];
        for (var n = 1; n <= series.Length; n++)
        {
            var raw = score.Next(series[n - 1]);
            if (n < window) continue;
            var newest = series[(n - window)..n];
            if (double.IsNaN(raw))
            {
                windows.Count.ShouldBeLessThan(Math.Max(window, 2 * components));
            }
            else
            {
                var expected = Distance(windows, weights, newest, components, ridge);
                raw.ShouldBe(expected, 1e-6 * (1 + expected));
            }
            windows.Add(newest);
            weights.Add(raw > 3 ? Math.Max(0.01, 9 / (raw * raw)) : 1);
        }
    }

    [Fact]
    public void A_window_like_those_before_has_a_distance_of_about_one()
    {
        foreach (var ridge in (double[])[0, 0.1, 1, 100])
        {
            var score = new SubPcaScore(20, 5, 2000, 500, ridge);
            var raws = ShapeSeries.Noise(3000).Select(score.Next).ToArray()[1000..];
            raws.Average(raw => raw * raw).ShouldBe(1, 0.15);
        }
    }

    [Fact]
    public void One_outburst_does_not_hide_the_next()
    {
        var series = ShapeSeries.Periodic(3000);
        var score = new SubPcaScore(50, 8, 2000, 500, 1);
        series[1000] += 1000;
        series[2500] += 20;
        var raws = series.Select(score.Next).ToArray();
        raws[2500].ShouldBeGreaterThan(3 * raws[2400..2500].Max());
    }

    // Weighted mean and covariance, and the inverse of (covariance reduced to k variances and their rest + ridge) by its eigenvectors.
    private static double Distance(List<double[]> windows, List<double> weights, double[] newest, int components, double ridge)
    {
        var size = newest.Length;
        var total = weights.Sum();
        double[] mean = [.. Enumerable.Range(0, size).Select(i => windows.Zip(weights, (each, weight) => weight * each[i]).Sum() / total)];
        double[][] covariance = [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Select(j =>
            windows.Zip(weights, (each, weight) => weight * (each[i] - mean[i]) * (each[j] - mean[j])).Sum() / total).ToArray())];
        var (values, vectors) = SymmetricEigen.Decompose(covariance);
        var least = ridge * values.Average();
        var rest = components < size ? values.Skip(components).Average() : 0;
        double sum = 0;
        for (var k = 0; k < size; k++)
        {
            var along = Enumerable.Range(0, size).Sum(i => (newest[i] - mean[i]) * vectors[k][i]);
            sum += along * along / ((k < components ? values[k] : rest) + least);
        }
        return Math.Sqrt(sum * (1 + ridge) / size);
    }
}
