namespace Flotilla.Detection.Tests;

public sealed class RelativeEntropyTests
{
    [Theory]
    [InlineData(52, 5, 50, 4000)]
    [InlineData(26, 10, 3, 300)]
    [InlineData(10, 2, 1, 100)]
    public void The_score_is_that_of_the_test_written_out(int window, int bins, int places, int history)
    {
        var series = ShapeSeries.Walk(1500, 6);
        var score = new RelativeEntropyScore(window, bins, places, history, 0.01);
        var quantile = ChiSquare.UpperQuantile(0.01, bins - 1);
        List<double[]> learnt = [];
        var disagreed = 0;
        for (var n = 1; n <= series.Length; n++)
        {
            var raw = score.Next(series[n - 1]);
            if (n < window) continue;
            var newest = series[(n - window)..n];
            var past = series[Math.Max(0, n - history)..n];
            var statistics = learnt.Select(each => 2 * window * Divergence(Shares(newest, past, bins, 0), Shares(each, past, bins, 0.5))).ToList();
            if (statistics.Count == 0) raw.ShouldBe(double.NaN);
            else raw.ShouldBe(Math.Max(0, statistics.Min()) / quantile, 1e-9);

            var agrees = statistics.Count > 0 && statistics.Min() <= quantile;
            disagreed = agrees ? 0 : disagreed + 1;
            if (agrees)
            {
                var nearest = statistics.LastIndexOf(statistics.Min());
                learnt.Add(learnt[nearest]);
                learnt.RemoveAt(nearest);
            }
            else if (statistics.Count == 0 || disagreed == window)
            {
                if (learnt.Count == places) learnt.RemoveAt(0);
                learnt.Add(newest);
                disagreed = 0;
            }
        }
    }

    [Fact]
    public void Another_distribution_in_the_same_range_is_found()
    {
        var random = new Random(1);
        double[] series =
        [
            .. Enumerable.Range(0, 1000).Select(_ => 10 * random.NextDouble()),
            .. Enumerable.Range(0, 60).Select(_ => 4.5 + random.NextDouble()),
        ];
        var verdicts = Points.Run(Detectors.RelativeEntropy(), series);
        verdicts[..1000].Count(verdict => verdict.IsAnomaly).ShouldBeLessThan(5);
        verdicts[1000..].ShouldContain(verdict => verdict.IsAnomaly);
    }

    private static double[] Shares(double[] values, double[] range, int bins, double added)
    {
        var (low, high) = (range.Min(), range.Max());
        var counts = Enumerable.Repeat(added, bins).ToArray();
        foreach (var value in values) counts[high > low ? Math.Clamp((int)((value - low) * (bins / (high - low))), 0, bins - 1) : 0]++;
        return [.. counts.Select(count => count / counts.Sum())];
    }

    private static double Divergence(double[] p, double[] q) =>
        p.Zip(q, (a, b) => a > 0 ? a * (Math.Log(a) - Math.Log(b)) : 0).Sum();
}
