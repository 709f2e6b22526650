using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class ThresholdTests
{
    [Theory]
    [InlineData(120, true, 1.2)]
    [InlineData(100, false, 1)]
    [InlineData(50, false, 0.5)]
    [InlineData(-20, false, 0)]
    public void Above_scores_the_value_as_a_multiple_of_the_limit(double value, bool anomalous, double score) =>
        Judge(100, null, value).ShouldBe(new Verdict(anomalous, score));

    [Theory]
    [InlineData(0, true, 2)]
    [InlineData(5, true, 1.5)]
    [InlineData(10, false, 1)]
    [InlineData(15, false, 0.5)]
    [InlineData(40, false, 0)]
    public void Below_scores_the_distance_past_the_limit(double value, bool anomalous, double score) =>
        Judge(null, 10, value).ShouldBe(new Verdict(anomalous, score));

    [Theory]
    [InlineData(20, false, 0)]
    [InlineData(30, false, 1)]
    [InlineData(35, true, 1.5)]
    [InlineData(0, true, 2)]
    public void Both_score_the_distance_from_the_middle_of_the_band(double value, bool anomalous, double score) =>
        Judge(30, 10, value).ShouldBe(new Verdict(anomalous, score));

    [Theory]
    [InlineData(0, 0.5, 1.5)]
    [InlineData(-10, -5, 1.5)]
    public void A_limit_at_or_under_zero_has_scores_too(double above, double value, double score) =>
        Judge(above, null, value).ShouldBe(new Verdict(true, score));

    [Fact]
    public void Equal_limits_allow_one_value()
    {
        Judge(1, 1, 1).ShouldBe(new Verdict(false, 1));
        Judge(1, 1, 0).ShouldBe(new Verdict(true, 2));
    }

    [Fact]
    public void Score_is_over_one_exactly_when_a_limit_is_crossed() =>
        Prop.ForAll<NormalFloat, NormalFloat, NormalFloat>((a, b, v) =>
        {
            var (above, below) = (Math.Max(a.Get, b.Get), Math.Min(a.Get, b.Get));
            foreach (var value in (double[])[v.Get, above, below, Math.BitIncrement(above), Math.BitDecrement(below), double.PositiveInfinity, double.NegativeInfinity])
            {
                foreach (var (high, low) in ((double?, double?)[])[(above, null), (null, below), (above, below)])
                {
                    var verdict = Judge(high, low, value);
                    verdict.IsAnomaly.ShouldBe(value > high || value < low);
                    (verdict.Score > 1).ShouldBe(verdict.IsAnomaly);
                    (double.IsFinite(verdict.Score) && verdict.Score >= 0).ShouldBeTrue();
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_missing_value_is_not_judged() => Judge(1, null, double.NaN).ShouldBe(default);

    [Fact]
    public void Wrong_limits_are_refused()
    {
        Should.Throw<ArgumentException>(() => Detectors.Threshold()).Message.ShouldContain("Give above, below or both.");
        Should.Throw<ArgumentException>(() => Detectors.Threshold(above: 1, below: 2)).Message.ShouldContain("Swap them");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.Threshold(above: double.NaN)).ParamName.ShouldBe("above");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.Threshold(below: double.PositiveInfinity)).ParamName.ShouldBe("below");
    }

    private static Verdict Judge(double? above, double? below, double value) => Points.Run(Detectors.Threshold(above, below), [value])[0];
}
