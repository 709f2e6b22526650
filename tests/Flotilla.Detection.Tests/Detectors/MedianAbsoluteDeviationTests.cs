using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class MedianAbsoluteDeviationTests
{
    [Fact]
    public void Streaming_gives_to_the_bit_what_the_formula_gives_for_each_window() =>
        Prop.ForAll(Series, Gen.Choose(1, 40).ToArbitrary(), (values, window) =>
        {
            var verdicts = Points.Run(Detectors.MedianAbsoluteDeviation(1.5, window, 1), values);
            for (var n = 1; n <= values.Length; n++)
            {
                var slice = values[Math.Max(0, n - window)..n];
                var (ratio, spread) = Formula(slice);
                verdicts[n - 1].IsAnomaly.ShouldBe(spread > 0 && ratio > 1.5);
                verdicts[n - 1].Score.ShouldBe(spread > 0 ? ratio / 1.5 : 0);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_long_series_slides_through_its_window()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 5000).Select(i => Math.Round(Math.Sin(i / 300.0) * 50 + random.NextDouble() * 20, random.Next(0, 4))).ToArray();
        var verdicts = Points.Run(Detectors.MedianAbsoluteDeviation(3, 700), values);
        for (var n = 10; n <= values.Length; n += 37)
        {
            var (ratio, spread) = Formula(values[Math.Max(0, n - 700)..n]);
            verdicts[n - 1].ShouldBe(Verdict.FromScore(spread > 0 ? ratio / 3 : 0));
        }
    }

    [Fact]
    public void A_series_without_spread_gives_no_anomaly()
    {
        var mostlyZero = Enumerable.Range(0, 100).Select(i => i % 10 == 9 ? 5.0 : 0.0);
        Points.Run(Detectors.MedianAbsoluteDeviation(), mostlyZero).ShouldAllBe(verdict => verdict == default);
    }

    [Fact]
    public void A_ratio_of_exactly_the_limit_is_not_anomalous()
    {
        double[] values = [1, -1, 1, -1, 1, -1, 0, 0, 1, -1];
        var at = Points.Run(Detectors.MedianAbsoluteDeviation(), [.. values, -1, 6])[^1];
        at.ShouldBe(new Verdict(false, 1));
        Points.Run(Detectors.MedianAbsoluteDeviation(), [.. values, -1, Math.BitIncrement(6.0)])[^1].IsAnomaly.ShouldBeTrue();
    }

    [Fact]
    public void A_missing_value_changes_nothing()
    {
        double[] values = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 40, 3];
        var withGaps = Points.Run(Detectors.MedianAbsoluteDeviation(window: 10), values.SelectMany(value => new[] { double.NaN, value }));
        withGaps.Where((_, i) => i % 2 == 1).ShouldBe(Points.Run(Detectors.MedianAbsoluteDeviation(window: 10), values));
    }

    [Fact]
    public void An_infinite_value_is_anomalous_and_not_learnt_from()
    {
        double[] values = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2];
        var verdicts = Points.Run(Detectors.MedianAbsoluteDeviation(), [double.NegativeInfinity, .. values, double.NegativeInfinity, 2]);
        verdicts[0].ShouldBe(default);
        verdicts[11].ShouldBe(new Verdict(true, double.MaxValue));
        verdicts[12].ShouldBe(Points.Run(Detectors.MedianAbsoluteDeviation(), [.. values, 2])[^1]);
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.MedianAbsoluteDeviation(limit: -1)).ParamName.ShouldBe("limit");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.MedianAbsoluteDeviation(window: 9)).ParamName.ShouldBe("window");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.MedianAbsoluteDeviation(window: int.MaxValue)).ParamName.ShouldBe("window");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.MedianAbsoluteDeviation(warmUp: 0)).ParamName.ShouldBe("warmUp");
    }

    [Fact]
    public void Sorted_window_holds_the_last_values_in_order() =>
        Prop.ForAll(Gen.Choose(-8, 8).Select(value => (double)value).ArrayOf(400).ToArbitrary(), Gen.Choose(1, 200).ToArbitrary(), (values, capacity) =>
        {
            var window = new SortedWindow(capacity);
            for (var n = 1; n <= values.Length; n++)
            {
                window.Add(values[n - 1]);
                if (n % 23 != 0) continue;
                var expected = values[Math.Max(0, n - capacity)..n].Order().ToArray();
                Enumerable.Range(0, window.Count).Select(rank => window[rank]).ShouldBe(expected);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sorted_window_follows_a_drifting_series()
    {
        var window = new SortedWindow(1000);
        for (var i = 0; i < 20_000; i++) window.Add(i < 10_000 ? i : 20_000 - i);
        Enumerable.Range(0, window.Count).Select(rank => window[rank]).ShouldBe(Enumerable.Range(1, 1000).Select(value => (double)value));
    }

    [Fact]
    public void Sorted_window_forgets_equal_values_that_filled_several_blocks()
    {
        var window = new SortedWindow(400);
        for (var i = 0; i < 400; i++) window.Add(5);
        for (var i = 0; i < 400; i++) window.Add(1);
        Enumerable.Range(0, window.Count).Select(rank => window[rank]).ShouldBe(Enumerable.Repeat(1.0, 400));
    }

    [Fact]
    public void Sorted_window_stays_compact_under_a_wandering_series()
    {
        var random = new Random(11);
        var window = new SortedWindow(400);
        var recent = new Queue<double>();
        double level = 0, speed = 0;
        for (var i = 0; i < 30_000; i++)
        {
            if (i % 150 == 0) speed = random.Next(-3, 4);
            level += speed;
            var value = Math.Round(level + random.Next(-20, 21));
            window.Add(value);
            recent.Enqueue(value);
            if (recent.Count > 400) recent.Dequeue();
            if (i % 97 != 0) continue;
            Enumerable.Range(0, window.Count).Select(rank => window[rank]).ShouldBe(recent.Order());
            // 40 values a block; two neighbours hold over 30 together.
            window.BlockCount.ShouldBeLessThanOrEqualTo(2 * window.Count / 30 + 2);
        }
    }

    private static readonly Arbitrary<double[]> Series =
        Gen.OneOf(
            Gen.Choose(-5, 5).Select(value => (double)value).ArrayOf(),
            ArbMap.Default.GeneratorFor<NormalFloat>().Select(value => value.Get / 1e10).ArrayOf(),
            Gen.Choose(0, 1000).Select(value => value / 10.0).ArrayOf(120)).ToArbitrary();

    private static (double Ratio, double Spread) Formula(double[] slice)
    {
        var median = Median(slice);
        var spread = Median(slice.Select(value => Math.Abs(value - median)));
        return (Math.Abs(slice[^1] - median) / spread, spread);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
