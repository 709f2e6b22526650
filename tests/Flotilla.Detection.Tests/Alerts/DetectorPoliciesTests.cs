using Flotilla.Core;

namespace Flotilla.Detection.Tests;

public sealed class DetectorPoliciesTests
{
    // One letter a point, ten seconds apart, judged by a threshold of 1: a is 2 and A is 4, n is 0.5, - is missing.
    // Verdicts: A anomalous, h held back (over 1 without an anomaly), . neither.
    [Theory]
    [InlineData("naannan", 0, 1, ".AA..A.")]
    [InlineData("naaaaan", 2, 1, ".AhhAh.")]
    [InlineData("annnnna", 6, 1, "A.....h")]
    [InlineData("annnnna", 5, 1, "A.....A")]
    [InlineData("a--a-a", 1, 1, "A..h.A")]
    [InlineData("naAan", 0, 2, "..A..")]
    [InlineData("nanAn", 1, 0.4, "AhAhA")]
    public void Silence_follows_an_anomaly(string points, int rows, double threshold, string verdicts) =>
        Judge(Above.Silenced(rows, threshold), points).ShouldBe(verdicts);

    [Fact]
    public void The_threshold_becomes_the_limit_of_the_score()
    {
        var verdicts = Points.Run(Above.Silenced(1, 2), [1, 2, 3, 4]);
        verdicts.ShouldBe([new(false, 0.5), new(false, 1), new(true, 1.5), new(false, 2)]);
    }

    [Fact]
    public void A_verdict_that_another_policy_held_back_stays_so()
    {
        Judge(Above.Silenced(2).Silenced(0), "aaaaa").ShouldBe("AhhAh");
        Judge(Above.SecondOrder().Silenced(0), "aAaAa").ShouldBe("Ahhhh");
    }

    [Theory]
    [InlineData("aaaa", 3, 1, "....")]
    [InlineData("aaaAaaa", 3, 1, "...AAA.")]
    [InlineData("nannnann", 3, 1, ".A...A..")]
    [InlineData("naAanaAa", 3, 2, "..A...A.")]
    [InlineData("naa-a-a", 3, 1, ".AA....")]
    public void Boredom_gives_no_verdict(string points, int last, int distinct, string verdicts) =>
        Judge(Above.UnlessBoring(last, distinct), points).ShouldBe(verdicts);

    [Fact]
    public void A_bored_detector_learns_on()
    {
        double[] values = [.. Enumerable.Repeat(1.0, 50), 2, 1, 3];
        var plain = Points.Run(Detectors.MeanSubtractionCumulation(), values);
        Points.Run(Detectors.MeanSubtractionCumulation().UnlessBoring(10), values)[50..].ShouldBe(plain[50..]);
    }

    [Fact]
    public void A_stale_point_has_no_verdict()
    {
        var clock = new SetClock(Points.Start.AddSeconds(1000));
        var detector = Above.UnlessStale(clock).Create();
        detector.Observe(Points.At(499, 2)).ShouldBe(default);
        detector.Observe(Points.At(500, 2)).ShouldBe(new Verdict(true, 2));
        clock.Now = Points.Start.AddSeconds(1001);
        detector.Observe(Points.At(500, 2)).ShouldBe(default);
        Above.UnlessStale(clock, TimeSpan.FromMinutes(10)).Create().Observe(Points.At(401, 2)).IsAnomaly.ShouldBeTrue();
    }

    [Fact]
    public void Second_order_lets_the_first_anomaly_through_and_then_a_change_of_pace()
    {
        // Anomalies every 100 s, 12 of them, then one after 2,000 s.
        var times = Enumerable.Range(0, 12).Select(i => 100 * i).Append(1100 + 2000).ToArray();
        var detector = Above.SecondOrder().Create();
        var surfaced = times.Select((time, i) => detector.Observe(Points.At(time, 2 + i)).IsAnomaly).ToArray();
        surfaced.ShouldBe([true, .. Enumerable.Repeat(false, 11), true]);
    }

    [Fact]
    public void Second_order_passes_over_the_same_value_within_five_minutes()
    {
        // With the repetitions as anomalies of their own the intervals would be so uneven that the last is nothing new.
        var detector = Above.SecondOrder().Create();
        var surfaced = 0;
        for (var i = 0; i < 12; i++)
        {
            if (detector.Observe(Points.At(1000 * i, 2 + i)).IsAnomaly) surfaced++;
            if (detector.Observe(Points.At(1000 * i + 300, 2 + i)).IsAnomaly) surfaced++;
        }
        surfaced.ShouldBe(1);
        detector.Observe(Points.At(11_000 + 9000, 50)).IsAnomaly.ShouldBeTrue();
    }

    [Fact]
    public void Second_order_remembers_so_many_anomalies()
    {
        var detector = Above.SecondOrder(history: 12).Create();
        // Uneven at first, which is forgotten; then even.
        foreach (var time in (int[])[0, 900, 1000, 3000, 3100]) detector.Observe(Points.At(time, time + 2));
        for (var i = 1; i <= 12; i++) detector.Observe(Points.At(3100 + 100 * i, 2 + i)).IsAnomaly.ShouldBeFalse();
        detector.Observe(Points.At(4300 + 700, 2)).IsAnomaly.ShouldBeTrue();
    }

    [Fact]
    public void Settings_of_the_detector_and_of_the_policies_stay_reachable()
    {
        var definition = Detectors.StdDevFromMovingAverage().UnlessBoring().Silenced(36).Silenced(10, 2);
        definition.Name.ShouldBe("stddev_from_moving_average");
        definition.Facts.ShouldNotBeNull();
        definition.Settings.Select(setting => setting.Name).ShouldBe(
            ["sigmas", "center_of_mass", "warm_up", "window_hours", "boring_points", "boring_distinct", "silence", "threshold", "silence_2", "threshold_2"]);
        double[] values = [.. Enumerable.Range(0, 60).Select(i => i % 10 == 9 ? 50.0 : i % 3)];
        Points.Run(Detectors.StdDevFromMovingAverage().Silenced(0).With("sigmas", 1.5).With("silence", 7), values)
            .ShouldBe(Points.Run(Detectors.StdDevFromMovingAverage(sigmas: 1.5).Silenced(7), values));
        Should.Throw<ProblemException>(() => definition.With("silence", -1));
    }

    [Fact]
    public void A_consensus_takes_any_detectors()
    {
        var low = Detectors.Threshold(above: 1) with { Name = "low" };
        var high = Detectors.Threshold(above: 2) with { Name = "high" };
        var silenced = Detectors.Threshold(above: 1).Silenced(10) with { Name = "silenced" };
        Points.Run(Detectors.Consensus("two", 2, low, high, silenced), [1.5, 1.5, 3, double.NaN, 0.5])
            .ShouldBe([new(true, 1.5), new(false, 1), new(true, 1.5), default, new(false, 0.5)]);
        Points.Run(Detectors.Consensus("any", 1, low, high), [0.5, 1.5]).ShouldBe([new(false, 0.5), new(true, 1.5)]);
        Detectors.Consensus("two", 2, low, silenced).Settings.Select(setting => setting.Name).ShouldBe(["consensus", "silenced_silence", "silenced_threshold"]);
        Detectors.Consensus("two", 2, low, silenced).With("silenced_silence", 3).With("consensus", 1).Create();
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Above.Silenced(-1)).ParamName.ShouldBe("rows");
        Should.Throw<ArgumentOutOfRangeException>(() => Above.Silenced(1, 0)).ParamName.ShouldBe("threshold");
        Should.Throw<ArgumentOutOfRangeException>(() => Above.UnlessBoring(0)).ParamName.ShouldBe("points");
        Should.Throw<ArgumentOutOfRangeException>(() => Above.UnlessBoring(1, 0)).ParamName.ShouldBe("distinct");
        Should.Throw<ArgumentOutOfRangeException>(() => Above.UnlessStale(new SetClock(Points.Start), TimeSpan.Zero)).ParamName.ShouldBe("age");
        Should.Throw<ArgumentOutOfRangeException>(() => Above.SecondOrder(11)).ParamName.ShouldBe("history");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.Consensus("x", 2, Above)).ParamName.ShouldBe("needed");
        Should.Throw<ArgumentException>(() => Detectors.Consensus("x", 1, Above, Above)).Message.ShouldBe(
            "Two detectors of the consensus x are called threshold, so their settings could not be told apart. "
            + "Rename one: detector with { Name = \"…\" }. (Parameter 'detectors')");
    }

    private static readonly DetectorDefinition Above = Detectors.Threshold(above: 1);

    private static string Judge(DetectorDefinition definition, string points)
    {
        var values = points.Select(letter => letter switch { 'a' => 2, 'A' => 4, 'n' => 0.5, _ => double.NaN });
        return string.Concat(Points.Run(definition, values).Select(verdict => verdict.IsAnomaly ? 'A' : verdict.Score > 1 ? 'h' : '.'));
    }

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
