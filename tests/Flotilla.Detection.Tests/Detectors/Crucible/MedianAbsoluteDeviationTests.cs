using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class MedianAbsoluteDeviationTests
{
    [Fact]
    public void Streaming_gives_to_the_bit_what_the_formula_gives_for_each_window() =>
        Prop.ForAll(Series, Gen.Choose(1, 40).ToArbitrary(), (values, window) =>
        {
            var verdicts = Points.Run(Detectors.MedianAbsoluteDeviation(1.5, 1, Hours(window)), values);
            for (var n = 1; n <= values.Length; n++)
            {
                var slice = values[Math.Max(0, n - window)..n];
                var (ratio, spread) = Formula(slice);
                verdicts[n - 1].ShouldBe(spread > 0 ? Decided(ratio, 1.5) : default);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_long_series_slides_through_its_window()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 5000).Select(i => Math.Round(Math.Sin(i / 300.0) * 50 + random.NextDouble() * 20, random.Next(0, 4))).ToArray();
        var verdicts = Points.Run(Detectors.MedianAbsoluteDeviation(3, windowHours: Hours(700)), values);
        for (var n = 10; n <= values.Length; n += 37)
        {
            var (ratio, spread) = Formula(values[Math.Max(0, n - 700)..n]);
            verdicts[n - 1].ShouldBe(spread > 0 ? Decided(ratio, 3) : default);
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
        var withGaps = Points.Run(Detectors.MedianAbsoluteDeviation(), values.SelectMany(value => new[] { double.NaN, value }));
        withGaps.Where((_, i) => i % 2 == 1).ShouldBe(Points.Run(Detectors.MedianAbsoluteDeviation(), values));
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
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.MedianAbsoluteDeviation(windowHours: 0)).ParamName.ShouldBe("windowHours");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.MedianAbsoluteDeviation(windowHours: double.NaN)).ParamName.ShouldBe("windowHours");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.MedianAbsoluteDeviation(warmUp: 0)).ParamName.ShouldBe("warmUp");
    }

    // So many points, ten seconds apart.
    private static double Hours(int points) => (points - 1) * 10 / 3600.0 + 1e-6;

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

    private static Verdict Decided(double ratio, double limit) =>
        new(ratio > limit, ratio > limit ? Math.Max(ratio / limit, Math.BitIncrement(1.0)) : Math.Min(ratio / limit, 1));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
