using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class StdDevFromMovingAverageTests
{
    [Fact]
    public void Streaming_gives_what_the_formula_gives_for_each_slice() =>
        Prop.ForAll(Series, values =>
        {
            var verdicts = Points.Run(Detectors.StdDevFromMovingAverage(2, 20, 5), values);
            for (var n = 5; n <= values.Length; n++)
            {
                var (mean, deviation, spread) = Formula(values[..n], 20);
                // Of a spread that is only rounding, both forms keep only noise.
                if (deviation <= 1e-6 * spread) continue;
                var score = Math.Abs(values[n - 1] - mean) / (2 * deviation);
                Math.Abs(verdicts[n - 1].Score - score).ShouldBeLessThan(1e-7 * (1 + score));
                if (Math.Abs(score - 1) > 1e-6) verdicts[n - 1].IsAnomaly.ShouldBe(score > 1);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_constant_series_is_never_anomalous() =>
        Points.Run(Detectors.StdDevFromMovingAverage(), Enumerable.Repeat(0.1, 1000)).ShouldAllBe(verdict => verdict == default);

    [Fact]
    public void The_first_judged_point_is_the_last_of_the_warm_up()
    {
        double[] values = [1, 2, 1, 2, 1, 2, 1, 2, 1, 100];
        Points.Run(Detectors.StdDevFromMovingAverage(sigmas: 2), values)[9].IsAnomaly.ShouldBeTrue();
        Points.Run(Detectors.StdDevFromMovingAverage(sigmas: 2, warmUp: 11), values)[9].ShouldBe(default);
    }

    [Fact]
    public void A_missing_value_changes_nothing()
    {
        double[] values = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 4, 3];
        var whole = Points.Run(Detectors.StdDevFromMovingAverage(), values);
        var withGaps = Points.Run(Detectors.StdDevFromMovingAverage(), values.SelectMany(value => new[] { double.NaN, value }));
        withGaps.Where((_, i) => i % 2 == 0).ShouldAllBe(verdict => verdict == default);
        withGaps.Where((_, i) => i % 2 == 1).ShouldBe(whole);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e200)]
    public void A_value_beyond_arithmetic_is_anomalous_and_not_learnt_from(double extreme)
    {
        double[] before = [extreme, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2];
        double[] after = [1, 2, 3];
        var verdicts = Points.Run(Detectors.StdDevFromMovingAverage(), [.. before, extreme, .. after]);
        verdicts[0].ShouldBe(default);
        verdicts[11].ShouldBe(new Verdict(true, double.MaxValue));
        verdicts[12..].ShouldBe(Points.Run(Detectors.StdDevFromMovingAverage(), [.. before, .. after])[11..]);
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.StdDevFromMovingAverage(sigmas: 0)).ParamName.ShouldBe("sigmas");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.StdDevFromMovingAverage(centerOfMass: double.NaN)).ParamName.ShouldBe("centerOfMass");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.StdDevFromMovingAverage(warmUp: 0)).ParamName.ShouldBe("warmUp");
    }

    private static readonly Arbitrary<double[]> Series =
        Gen.OneOf(
            Gen.Choose(-100_000, 100_000).Select(value => value / 1000.0).ArrayOf(60),
            Gen.Choose(0, 3).Select(value => (double)value).ArrayOf(40),
            Gen.Choose(0, 1_000_000).Select(value => 1e9 + value).ArrayOf(50)).ToArbitrary();

    private static (double Mean, double Deviation, double Spread) Formula(double[] slice, double centerOfMass)
    {
        var decay = centerOfMass / (1 + centerOfMass);
        var weights = slice.Select((_, i) => Math.Pow(decay, slice.Length - 1 - i)).ToArray();
        var sum = weights.Sum();
        var squares = weights.Sum(weight => weight * weight);
        var mean = slice.Zip(weights, (value, weight) => value * weight).Sum() / sum;
        var biased = slice.Zip(weights, (value, weight) => weight * (value - mean) * (value - mean)).Sum() / sum;
        return (mean, Math.Sqrt(biased * (sum * sum / (sum * sum - squares))), slice.Max(Math.Abs));
    }
}
