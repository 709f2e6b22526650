namespace Flotilla.Detection.Tests;

public sealed class EwmaChartTests
{
    [Theory]
    [InlineData(0.2, 0, 1)]
    [InlineData(0.2, 0, 7)]
    [InlineData(0.05, 0, 300)]
    [InlineData(0.2, 0.6, 1)]
    [InlineData(0.2, 0.6, 12)]
    [InlineData(0.2, 0.8, 40)]
    [InlineData(0.2, 0.99, 500)]
    [InlineData(0.9, 0.3, 200)]
    [InlineData(0.999, 0.99, 300)]
    [InlineData(0.01, 0.00001, 200)]
    [InlineData(1, 0.5, 20)]
    public void The_variance_factor_is_the_double_sum(double smoothing, double correlation, int count)
    {
        double sum = 0;
        for (var i = 0; i < count; i++)
        for (var j = 0; j < count; j++)
            sum += Math.Pow(1 - smoothing, i + j) * Math.Pow(correlation, Math.Abs(i - j));
        EwmaChartDetector.VarianceFactor(smoothing, correlation, count).ShouldBeNear(smoothing * smoothing * sum);
        if (correlation == 0)
        {
            EwmaChartDetector.VarianceFactor(smoothing, 0, count)
                .ShouldBeNear(smoothing / (2 - smoothing) * (1 - Math.Pow(1 - smoothing, 2 * count)));
        }
    }

    [Theory]
    [InlineData(0.1, 0)]
    [InlineData(0.3, 0.7)]
    [InlineData(1, 0.3)]
    public void Streaming_gives_what_the_formulas_give_from_all_values(double smoothing, double resemblance)
    {
        var values = ChartSeries.Noise(300, 21);
        for (var i = 1; i < values.Length; i++) values[i] += resemblance * (values[i - 1] - 100);
        var verdicts = Points.Run(Detectors.EwmaChart(smoothing, limit: 7), values);
        verdicts.ShouldAllBe(verdict => !verdict.IsAnomaly);

        var differences = new List<double>();
        for (var n = 30; n < values.Length; n++)
        {
            var before = values[..n];
            differences.Add(values[n] - before.Average());
            var average = differences.Select((difference, i) => smoothing * Math.Pow(1 - smoothing, differences.Count - 1 - i) * difference).Sum();
            var variance = EwmaChartDetector.VarianceFactor(smoothing, ChartSeries.Correlation(before), differences.Count);
            verdicts[n].Score.ShouldBeNear(Math.Abs(average) / (7 * ChartSeries.Deviation(before) * Math.Sqrt(variance)));
        }
    }

    [Fact]
    public void With_Roberts_limits_independent_normal_values_alarm_about_once_in_five_hundred()
    {
        // The average run length of λ = 0.2, L = 3 with known mean and deviation is 560 (Lucas and Saccucci, Technometrics 32, 1990).
        var alarms = Points.Run(Detectors.EwmaChart(0.2, 3, memory: 100_000), ChartSeries.Noise(100_000, 22)).Count(verdict => verdict.IsAnomaly);
        alarms.ShouldBeInRange(100, 350);
    }

    [Fact]
    public void One_spike_is_one_alarm()
    {
        double[] values = [.. ChartSeries.Noise(500, 23), 1e4, .. ChartSeries.Noise(100, 24)];
        var verdicts = Points.Run(Detectors.EwmaChart(), values);
        Enumerable.Range(0, values.Length).Where(i => verdicts[i].IsAnomaly).ShouldBe([500]);
    }

    [Fact]
    public void A_small_lasting_shift_is_found_that_single_values_do_not_show()
    {
        double[] values = [.. ChartSeries.Noise(1000, 25), .. ChartSeries.Noise(50, 26, level: 101.5)];
        Points.Run(Detectors.EwmaChart(0.1, 4), values)[1000..].ShouldContain(verdict => verdict.IsAnomaly);
        Points.Run(Detectors.EwmaChart(1, 4), values)[1000..1020].ShouldNotContain(verdict => verdict.IsAnomaly);
    }

    [Fact]
    public void Moments_with_a_full_memory_forget_by_powers()
    {
        var values = ChartSeries.Noise(120, 27);
        var moments = new RunningMoments(20);
        foreach (var value in values) moments.Add(value);

        // 1/n until the memory is full, 1/20 after.
        var weights = values.Select((_, i) => 1.0 / Math.Min(i + 1, 20)).ToArray();
        var kept = weights.Select((weight, i) => weight * weights[(i + 1)..].Aggregate(1.0, (product, later) => product * (1 - later))).ToArray();
        var mean = values.Zip(kept, (value, weight) => value * weight).Sum();
        moments.Mean.ShouldBeNear(mean);
        moments.Deviation.ShouldBeNear(Math.Sqrt(values.Zip(kept, (value, weight) => weight * (value - mean) * (value - mean)).Sum()));
    }
}
