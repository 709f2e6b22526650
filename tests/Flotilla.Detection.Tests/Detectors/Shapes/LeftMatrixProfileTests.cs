using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class LeftMatrixProfileTests
{
    [Theory]
    [InlineData(8, 64)]
    [InlineData(16, 1000)]
    [InlineData(5, 20)]
    public void It_is_what_a_search_through_all_pairs_finds(int window, int history) =>
        Prop.ForAll(Gen.Choose(0, 100_000).ToArbitrary(), seed =>
        {
            var series = (seed % 4) switch
            {
                0 => ShapeSeries.Periodic(300, seed),
                1 => ShapeSeries.Walk(300, seed),
                2 => [.. ShapeSeries.Noise(300, seed).Select(value => Math.Max(0, Math.Round(value)))],
                _ => ShapeSeries.Noise(300, seed),
            };
            Compare(series, window, history, 1e-7);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(24));

    [Fact]
    public void A_value_that_is_far_off_leaves_no_trace_in_what_comes_after()
    {
        var series = ShapeSeries.Periodic(600, 7);
        series[100] = 1e9;
        series[250] = -1e12;
        Compare(series, 16, 200, 1e-7);
    }

    [Fact]
    public void A_high_level_costs_no_more_digits_than_the_values_have()
    {
        var series = ShapeSeries.Periodic(500, 9);
        Compare([.. series.Select(value => value + 1e6)], 16, 200, 1e-6);
    }

    [Fact]
    public void Rounding_does_not_add_up()
    {
        var series = ShapeSeries.Walk(6000, 3);
        var score = new LeftMatrixProfileScore(20, 300);
        for (var n = 1; n <= series.Length; n++)
        {
            var raw = score.Next(series[n - 1]);
            if (n > 5800) raw.ShouldBe(Naive(series, n, 20, 300), 1e-7);
        }
    }

    [Fact]
    public void The_first_value_comes_with_the_second_window()
    {
        var score = new LeftMatrixProfileScore(10, 100);
        var raws = ShapeSeries.Noise(30).Select(score.Next).ToArray();
        raws[..19].ShouldAllBe(raw => double.IsNaN(raw));
        raws[19..].ShouldAllBe(raw => raw >= 0);
    }

    [Fact]
    public void A_flat_window_is_like_another_and_half_as_far_as_can_be_from_the_rest()
    {
        var score = new LeftMatrixProfileScore(4, 100);
        double[] series = [1, 2, 1, 3, 5, 5, 5, 5, 1, 4, 2, 9, 7, 7, 7, 7];
        var raws = series.Select(score.Next).ToArray();
        raws[7].ShouldBe(Math.Sqrt(0.5), 1e-12);
        raws[15].ShouldBe(0);
    }

    private static void Compare(double[] series, int window, int history, double tolerance)
    {
        var score = new LeftMatrixProfileScore(window, history);
        for (var n = 1; n <= series.Length; n++)
        {
            var raw = score.Next(series[n - 1]);
            if (n < 2 * window) raw.ShouldBe(double.NaN);
            else raw.ShouldBe(Naive(series, n, window, history), tolerance);
        }
    }

    // The definition: z-normalise, and look at every earlier window that does not overlap.
    private static double Naive(double[] series, int n, int window, int history)
    {
        var newest = Normalised(series[(n - window)..n]);
        var least = double.PositiveInfinity;
        for (var start = Math.Max(0, n - history); start + 2 * window <= n; start++)
        {
            var other = Normalised(series[start..(start + window)]);
            var distance = Math.Sqrt(newest.Zip(other, (a, b) => (a - b) * (a - b)).Sum());
            least = Math.Min(least, distance);
        }
        return least / Math.Sqrt(2 * window);
    }

    private static double[] Normalised(double[] values)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return [.. values.Select(value => values.Max() == values.Min() ? 0 : (value - mean) / deviation)];
    }
}
