using Flotilla.Core;

namespace Flotilla.Detection.Tests;

public sealed class SkylineTests
{
    [Fact]
    public void The_vote_over_one_window_is_that_of_nine_detectors_with_windows_of_their_own()
    {
        var random = new Random(9);
        // Two days and a half at half a minute, with a gap, spikes, steps and a still night.
        var points = Enumerable.Range(0, 7200)
            .Where(i => i is < 4000 or > 4300)
            .Select(i => Points.At(30 * i, i is > 5000 and < 5400 ? 100 : Math.Round(100 + i / 900 * 7 % 20 + 4 * random.NextDouble() + (random.Next(300) == 0 ? 90 : 0), 2)))
            .ToArray();
        DetectorDefinition[] nine =
        [
            Detectors.FirstHourAverage(), Detectors.MeanSubtractionCumulation(), Detectors.StdDevFromAverage(), Detectors.StdDevFromMovingAverage(),
            Detectors.LeastSquares(), Detectors.Grubbs(), Detectors.HistogramBins(), Detectors.MedianAbsoluteDeviation(), Detectors.KsTest(),
        ];
        foreach (var consensus in (int[])[1, 4, 6, 9])
        {
            var vote = Points.Run(Detectors.Skyline(consensus), points);
            vote.ShouldBe(Points.Run(Detectors.Consensus("vote", consensus, nine), points));
            if (consensus == 4) vote.Count(verdict => verdict.IsAnomaly).ShouldBeInRange(1, 1000);
        }
    }

    [Fact]
    public void A_day_at_ten_seconds_takes_less_than_250_kilobytes()
    {
        var random = new Random(10);
        var detector = Detectors.Skyline().Create();
        var largest = 0L;
        for (var i = 0; i < 20_000; i++)
        {
            // A clock that counts to 100 ns, as a live one does.
            detector.Observe(new(Points.Start.AddTicks(i * 100_000_000L + random.Next(5000)), 100 + 30 * Math.Sin(i / 1000.0) + random.NextDouble()));
            if (i % 50 == 0) largest = Math.Max(largest, Footprint.Of(detector));
        }
        largest.ShouldBeInRange(13 * 8640, 250_000);
    }

    [Fact]
    public void Without_a_window_only_what_is_needed_is_kept()
    {
        foreach (var definition in CrucibleDetectors.All.Where(each => each.Name is not ("histogram_bins" or "median_absolute_deviation")))
        {
            var detector = definition.Create();
            for (var i = 0; i < 60_000; i++) detector.Observe(Points.At(3600 * i, i % 7));
            Footprint.Of(detector).ShouldBeLessThan(10_000, definition.Name);
        }
        var sorted = Detectors.MedianAbsoluteDeviation(windowHours: double.PositiveInfinity).Create();
        for (var i = 0; i < 60_000; i++) sorted.Observe(Points.At(3600 * i, i * 7919L % 60_000));
        Footprint.Of(sorted).ShouldBeLessThan(60_000 * 11);
    }

    [Fact]
    public void Every_definition_says_what_it_is_and_can_be_set()
    {
        foreach (var definition in (DetectorDefinition[])[.. CrucibleDetectors.All, Detectors.Skyline()])
        {
            definition.Facts.ShouldNotBeNull();
            definition.Settings.ShouldContain(setting => setting.Name == "warm_up" && setting.Value == 10);
            definition.Settings.ShouldAllBe(setting => double.IsFinite(setting.Value));
            foreach (var setting in definition.Settings) foreach (var candidate in setting.Candidates) definition.With(setting.Name, candidate).Create();
        }
        Should.Throw<ProblemException>(() => Detectors.Skyline().With("consensus", 10));
    }

    [Fact]
    public void Settings_reach_the_algorithms()
    {
        double[] values = [.. Enumerable.Range(0, 100).Select(i => (double)(i % 2)), 4];
        Points.Run(Detectors.MeanSubtractionCumulation().With("sigmas", 10), values)[^1].IsAnomaly.ShouldBeFalse();
        Points.Run(Detectors.MeanSubtractionCumulation().With("sigmas", 3), values)[^1].IsAnomaly.ShouldBeTrue();
        Points.Run(Detectors.MeanSubtractionCumulation().With("warm_up", 102), values)[^1].ShouldBe(default);
        Points.Run(Detectors.StdDevFromMovingAverage(sigmas: 2, centerOfMass: 5), values)
            .ShouldBe(Points.Run(Detectors.StdDevFromMovingAverage().With("sigmas", 2).With("center_of_mass", 5), values));
        Points.Run(Detectors.HistogramBins(bins: 4, most: 0), values).ShouldBe(Points.Run(Detectors.HistogramBins().With("bins", 4).With("most", 0), values));
        Points.Run(Detectors.MedianAbsoluteDeviation(limit: 8), values).ShouldBe(Points.Run(Detectors.MedianAbsoluteDeviation().With("limit", 8), values));
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.FirstHourAverage(windowHours: 23)).ParamName.ShouldBe("windowHours");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.MeanSubtractionCumulation(sigmas: -1)).ParamName.ShouldBe("sigmas");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.StdDevFromAverage(windowHours: -2)).ParamName.ShouldBe("windowHours");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.LeastSquares(sigmas: double.NaN)).ParamName.ShouldBe("sigmas");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.Grubbs(warmUp: 0)).ParamName.ShouldBe("warmUp");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.HistogramBins(bins: 1)).ParamName.ShouldBe("bins");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.HistogramBins(most: -1)).ParamName.ShouldBe("most");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.KsTest(warmUp: 0)).ParamName.ShouldBe("warmUp");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.Skyline(consensus: 10)).ParamName.ShouldBe("consensus");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.Skyline(windowHours: 23)).ParamName.ShouldBe("windowHours");
    }
}
