namespace Flotilla.Detection.Tests;

public sealed class HoltWintersTests
{
    private const int Season = 12;

    [Fact]
    public void Streaming_follows_the_recursion_of_Winters_and_Brutlag()
    {
        var values = ChartSeries.Seasonal(400, Season, 41);
        var instance = (HoltWintersDetector)Detectors.HoltWinters(12, level: 0.2, trend: 0.05, seasonal: 0.1, season: Season).Create();

        double level = values[0], trend = 0, deviation = 0;
        var errors = new List<double>();
        var seasonal = new double[Season];
        var deviations = new double[Season];
        for (var n = 0; n < values.Length; n++)
        {
            var verdict = instance.Observe(Points.At(60 * n, values[n]));
            if (n < 2 * Season)
            {
                // Without a season as yet: plain double smoothing.
                var miss = values[n] - (level + trend);
                errors.Add(miss);
                var old = level;
                level = 0.2 * values[n] + 0.8 * (level + trend);
                trend = 0.05 * (level - old) + 0.95 * trend;
                if (n < 2 * Season - 1) continue;


                // Two seasons: a slot's median is the mean of its two values, and each is half their difference from it.
                var medians = Enumerable.Range(0, Season).Select(slot => (values[slot] + values[slot + Season]) / 2).ToArray();
                seasonal = medians.Select(median => median - ChartSeries.Median(medians)).ToArray();
                var left = values[..(2 * Season)].Select((value, i) => value - seasonal[i % Season]).ToArray();
                level = ChartSeries.Median(left[Season..]);
                deviation = left.Average(value => Math.Abs(value - ChartSeries.Median(left))) * Math.Sqrt(3);
                Array.Fill(deviations, deviation);
                errors = left.Select(value => Math.Sqrt(3) * (value - ChartSeries.Median(left))).ToList();
                trend = 0;
                continue;
            }
            var at = n % Season;
            var forecast = level + trend + seasonal[at];
            var floor = 0.5 * ChartSeries.Deviation([.. errors, values[n] - forecast]);
            var scale = new[] { deviations[at], 0.5 * deviation, floor }.Max();
            if (n >= 30)
            {
                verdict.Score.ShouldBeNear(Math.Abs(values[n] - forecast) / (12 * scale), 1e-7);
                instance.Band.ShouldNotBeNull().Low.ShouldBeNear(forecast - 12 * scale, 1e-7);
                instance.Band.ShouldNotBeNull().High.ShouldBeNear(forecast + 12 * scale, 1e-7);
            }
            errors.Add(values[n] - forecast);
            // Winters' own form, with the value that the error is held to.
            var error = n < 30 ? values[n] - forecast : Math.Clamp(values[n] - forecast, -6 * scale, 6 * scale);
            var learnt = forecast + error;
            var before = level;
            level = 0.2 * (learnt - seasonal[at]) + 0.8 * (level + trend);
            trend = 0.05 * (level - before) + 0.95 * trend;
            seasonal[at] = 0.1 * (learnt - level) + 0.9 * seasonal[at];
            deviations[at] = 0.1 * Math.Abs(error) + 0.9 * deviations[at];
            var weight = Math.Max(0.1, 1.0 / (n + 1));
            deviation = weight * Math.Abs(error) + (1 - weight) * deviation;
        }
    }

    [Theory]
    [InlineData(24, 1)]
    [InlineData(24, 3600)]
    [InlineData(90, 10)]
    [InlineData(288, 300)]
    public void The_season_is_found_whatever_the_step(int season, int step)
    {
        var instance = (HoltWintersDetector)Detectors.HoltWinters().Create();
        var values = ChartSeries.Seasonal(4 * season + 300, season, 42, amplitude: 5);
        for (var i = 0; i < values.Length; i++) instance.Observe(Points.At(step * i, values[i]));
        instance.Season.ShouldBeInRange(season - 1, season + 1);
    }

    [Fact]
    public void Noise_and_a_random_walk_have_no_season()
    {
        var noise = ChartSeries.Noise(4000, 43);
        SeasonFinder.Find(noise, 1000).ShouldBeNull();
        var sum = 0.0;
        for (var seed = 0; seed < 5; seed++)
            SeasonFinder.Find(ChartSeries.Noise(256, 44 + seed, level: 0).Select(value => sum += value).ToArray(), 10).ShouldBeNull();
        SeasonFinder.Find(Enumerable.Repeat(3.0, 300).ToArray(), 100).ShouldBeNull();
        SeasonFinder.Find([], 100).ShouldBeNull();
    }

    [Fact]
    public void Outliers_do_not_hide_the_season()
    {
        var values = ChartSeries.Seasonal(600, 50, 45);
        foreach (var i in new[] { 31, 70, 195, 222, 401, 555 }) values[i] = 1e6;
        SeasonFinder.Find(values, 300).ShouldNotBeNull().Lag.ShouldBe(50);
    }

    [Fact]
    public void Autocorrelation_is_the_sum_of_products()
    {
        var values = ChartSeries.Noise(80, 46, level: 0);
        var actual = SeasonFinder.Autocorrelation(values, 30);
        for (var lag = 0; lag < 30; lag++)
        {
            var products = Enumerable.Range(0, 80 - lag).Sum(i => values[i] * values[i + lag]);
            actual[lag].ShouldBeNear(products / values.Sum(value => value * value));
        }
    }

    [Fact]
    public void A_gap_does_not_move_the_season()
    {
        var values = ChartSeries.Seasonal(2000, 24, 47);
        var instance = Detectors.HoltWinters(season: 24).Create();
        var anomalies = 0;
        for (var i = 0; i < values.Length; i++)
        {
            // 100 is no multiple of 24.
            if (i is >= 1000 and < 1100) continue;
            if (instance.Observe(Points.At(60 * i, values[i])).IsAnomaly) anomalies++;
        }
        anomalies.ShouldBe(0);
    }

    [Fact]
    public void A_value_that_is_normal_only_at_another_time_of_day_is_found()
    {
        var values = ChartSeries.Seasonal(1200, 48, 48, amplitude: 30);
        values[1108] = 130 - 2 * 30;
        Math.Sin(2 * Math.PI * 1108 / 48).ShouldBeGreaterThan(0.4);
        foreach (var definition in new[] { Detectors.HoltWinters(), Detectors.SeasonalEsd(floor: 0.25) })
        {
            var verdicts = Points.Run(definition, values);
            verdicts[1108].IsAnomaly.ShouldBeTrue(definition.Name);
            verdicts[600..1108].Count(verdict => verdict.IsAnomaly).ShouldBeLessThan(3, definition.Name);
        }
        Points.Run(Detectors.RobustZ(limit: 4), values)[1108].IsAnomaly.ShouldBeFalse();
    }

    [Fact]
    public void A_trend_is_followed()
    {
        var values = ChartSeries.Noise(3000, 49).Select((value, i) => value + 0.5 * i);
        Points.Run(Detectors.HoltWinters(trend: 0.05, season: 1), values).Skip(200).ShouldAllBe(verdict => !verdict.IsAnomaly);
    }
}
