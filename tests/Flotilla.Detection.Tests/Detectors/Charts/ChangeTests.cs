namespace Flotilla.Detection.Tests;

public sealed class ChangeTests
{
    [Fact]
    public void Cusum_is_the_largest_sum_that_ends_here()
    {
        var values = ChartSeries.Noise(250, 31);
        for (var i = 1; i < values.Length; i++) values[i] += 0.4 * (values[i - 1] - 100);
        var verdicts = Points.Run(Detectors.Cusum(limit: 40, slack: 0.2), values);
        verdicts.ShouldAllBe(verdict => !verdict.IsAnomaly);

        var z = new List<double>();
        for (var n = 30; n < values.Length; n++)
        {
            var before = values[..n];
            var correlation = ChartSeries.Correlation(before);
            z.Add((values[n] - before.Average()) / (ChartSeries.Deviation(before) * Math.Sqrt((1 + correlation) / (1 - correlation))));
            double best = 0;
            for (var from = 0; from < z.Count; from++)
            {
                best = Math.Max(best, z.Skip(from).Sum(each => each - 0.2));
                best = Math.Max(best, z.Skip(from).Sum(each => -each - 0.2));
            }
            verdicts[n].Score.ShouldBeNear(best / 40);
        }
    }

    [Fact]
    public void Page_Hinkley_is_the_rise_over_the_minimum()
    {
        var values = ChartSeries.Noise(250, 32);
        for (var i = 1; i < values.Length; i++) values[i] += 0.4 * (values[i - 1] - 100);
        var verdicts = Points.Run(Detectors.PageHinkley(limit: 50, slack: 0.1), values);
        verdicts.ShouldAllBe(verdict => !verdict.IsAnomaly);

        List<double> up = [0], down = [0];
        for (var n = 30; n < values.Length; n++)
        {
            var residuals = Enumerable.Range(1, n - 1).Select(i => values[i] - values[..i].Average()).ToList();
            var correlation = ChartSeries.Correlation(residuals);
            var scale = ChartSeries.Deviation(residuals) * Math.Sqrt((1 + correlation) / (1 - correlation));
            var z = (values[n] - values[..(n + 1)].Average()) / scale;
            up.Add(up[^1] + z - 0.1);
            down.Add(down[^1] - z - 0.1);
            verdicts[n].Score.ShouldBeNear(Math.Max(up[^1] - up.Min(), down[^1] - down.Min()) / 50);
        }
    }

    [Fact]
    public void A_lasting_change_is_said_once()
    {
        double[] values = [.. ChartSeries.Noise(800, 33), .. ChartSeries.Noise(800, 34, level: 103)];
        foreach (var definition in new[] { Detectors.PageHinkley(), Detectors.Cusum() })
        {
            var verdicts = Points.Run(definition, values);
            var anomalies = Enumerable.Range(0, values.Length).Where(i => verdicts[i].IsAnomaly).ToArray();
            anomalies.Length.ShouldBeInRange(1, 3, definition.Name);
            anomalies.ShouldAllBe(i => i >= 800 && i < 860, definition.Name);
        }
    }

    [Fact]
    public void Values_that_resemble_their_neighbours_do_not_look_like_changes()
    {
        var values = ChartSeries.Noise(20_000, 35, level: 0);
        for (var i = 1; i < values.Length; i++) values[i] += 0.95 * values[i - 1];
        foreach (var definition in new[] { Detectors.PageHinkley(), Detectors.Cusum() })
            Points.Run(definition, values).Count(verdict => verdict.IsAnomaly).ShouldBeLessThan(6, definition.Name);
    }

    [Fact]
    public void A_level_shift_is_told_from_outliers_by_how_dense_they_are()
    {
        static int Shifts(Func<int, bool> anomalous)
        {
            var shift = new LevelShift(10);
            return Enumerable.Range(1, 1000).Count(i => shift.Observe(anomalous(i)));
        }
        Shifts(i => i <= 9).ShouldBe(0);
        Shifts(i => i <= 10).ShouldBe(1);
        Shifts(i => i % 17 == 0).ShouldBe(0);
        Shifts(i => i % 10 == 0).ShouldBeInRange(1, 5);
    }
}
