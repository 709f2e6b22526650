using System.Text;
using Flotilla.Core;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class SeriesWatchTests
{
    // One letter a point, ten seconds apart: a is anomalous, n is normal, - has no value; A is a raise, R a recovery, . nothing.
    [Theory]
    [InlineData("nnaann", 1, 1, 0, 3, "..AA..")]
    [InlineData("nnaannn", 1, 1, 0, 3, "..AA..R")]
    [InlineData("naaaaaaaannn", 1, 1, 30, 3, ".A..A..A...R")]
    [InlineData("annannnnn", 1, 1, 0, 3, "A..A..R..")]
    [InlineData("anna", 1, 1, 60, 2, "A.R.")]
    [InlineData("annaannnnnn", 1, 1, 60, 2, "A.R........")]
    [InlineData("annaaaann", 1, 1, 60, 2, "A.R...A.R")]
    [InlineData("ananaann", 3, 5, 0, 2, "....AA.R")]
    [InlineData("aannaaa", 3, 3, 0, 2, "......A")]
    [InlineData("a-n--nn-n", 1, 1, 0, 3, "A.....R..")]
    [InlineData("nan", 1, 1, 0, 1, ".AR")]
    public void Signals_follow_the_policy(string points, int needed, int outOf, int silenceSeconds, int recoverAfter, string signals)
    {
        var watch = new SeriesWatch("x", Detectors.Threshold(above: 1).Create(), new(needed, outOf, TimeSpan.FromSeconds(silenceSeconds), recoverAfter));
        var told = new StringBuilder();
        for (var i = 0; i < points.Length; i++) told.Append(Letter(watch.Observe(Points.At(10 * i, Value(points[i])))));
        told.ToString().ShouldBe(signals);
    }

    [Fact]
    public void Signals_say_what_happened()
    {
        var watch = new SeriesWatch("shop.latency", Detectors.Threshold(above: 100).Create(), new(Points: 2, OutOf: 3, RecoverAfter: 2));
        watch.Series.ShouldBe("shop.latency");
        watch.Observe(Points.At(0, 150)).ShouldBeNull();
        watch.LastVerdict.ShouldBe(new Verdict(true, 1.5));
        watch.IsAlerting.ShouldBeFalse();
        watch.Observe(Points.At(10, 200)).ShouldBe(new AnomalySignal("shop.latency", 200, Points.Start.AddSeconds(10), 2));
        watch.IsAlerting.ShouldBeTrue();
        watch.Observe(Points.At(20, 50)).ShouldBeNull();
        watch.Observe(Points.At(30, double.NaN)).ShouldBeNull();
        watch.LastVerdict.ShouldBe(new Verdict(false, 0.5));
        watch.Observe(Points.At(40, 60)).ShouldBe(new RecoveredSignal("shop.latency", 60, Points.Start.AddSeconds(40), TimeSpan.FromSeconds(30)));
        watch.IsAlerting.ShouldBeFalse();
    }

    [Fact]
    public void Silence_is_a_minute_unless_said_otherwise()
    {
        var watch = new SeriesWatch("x", Detectors.Threshold(above: 1).Create(), new AlertPolicy());
        Enumerable.Range(0, 14).Where(i => watch.Observe(Points.At(10 * i, 2)) is AnomalySignal).ShouldBe([0, 6, 12]);
    }

    [Fact]
    public void Signals_keep_silence_and_recoveries_come_only_after_raises() =>
        Prop.ForAll(Runs, run =>
        {
            var watch = new SeriesWatch("x", Detectors.Threshold(above: 1).Create(), run.Policy);
            DateTimeOffset? raised = null;
            var open = false;
            var normalInARow = 0;
            var recent = new List<bool>();
            for (var i = 0; i < run.Values.Length; i++)
            {
                var value = run.Values[i];
                var signal = watch.Observe(Points.At(10 * i, value));
                if (double.IsNaN(value))
                {
                    signal.ShouldBeNull();
                    continue;
                }
                recent.Add(value > 1);
                normalInARow = value > 1 ? 0 : normalInARow + 1;
                var holds = recent.TakeLast(run.Policy.OutOf).Count(anomalous => anomalous) >= run.Policy.Points;
                switch (signal)
                {
                    case AnomalySignal anomaly:
                        holds.ShouldBeTrue();
                        value.ShouldBeGreaterThan(1);
                        anomaly.Score.ShouldBeGreaterThan(1);
                        watch.IsAlerting.ShouldBeTrue();
                        if (raised is { } last) (anomaly.At - last).ShouldBeGreaterThanOrEqualTo(run.Policy.Silence!.Value);
                        (raised, open) = (anomaly.At, true);
                        break;
                    case RecoveredSignal recovered:
                        open.ShouldBeTrue();
                        normalInARow.ShouldBe(run.Policy.RecoverAfter);
                        recovered.After.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
                        watch.IsAlerting.ShouldBeFalse();
                        open = false;
                        break;
                    default:
                        var silent = raised is { } before && Points.Start.AddSeconds(10 * i) - before < run.Policy.Silence;
                        if (value > 1 && holds) silent.ShouldBeTrue();
                        if (open) normalInARow.ShouldBeLessThan(run.Policy.RecoverAfter);
                        break;
                }
                if (open) watch.IsAlerting.ShouldBeTrue();
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Points_out_of_order_do_not_break_the_silence()
    {
        var watch = new SeriesWatch("x", Detectors.Threshold(above: 1).Create(), new AlertPolicy());
        watch.Observe(Points.At(1000, 2)).ShouldBeOfType<AnomalySignal>();
        watch.Observe(Points.At(0, 2)).ShouldBeNull();
    }

    [Fact]
    public void Wrong_policies_say_what_to_do()
    {
        AlertPolicy[] policies =
        [
            new(Points: 0), new(Points: 4, OutOf: 3), new(OutOf: 0), new(OutOf: 1_000_000), new(Silence: TimeSpan.FromSeconds(-1)), new(RecoverAfter: 0),
            new(Points: -1, OutOf: -1, Silence: TimeSpan.FromSeconds(-1), RecoverAfter: -1),
        ];
        AlertPolicy.Check(new AlertPolicy()).ShouldBeEmpty();
        var problems = policies.Select(policy => string.Join('\n', AlertPolicy.Check(policy, new SourceLocation("fleet.cs", 14))));
        Snapshot.Matches(string.Join("\n\n", problems), "alert-policies");
        foreach (var policy in policies) Should.Throw<ArgumentException>(() => new SeriesWatch("x", Detectors.Threshold(above: 1).Create(), policy));
    }

    private sealed record Run(AlertPolicy Policy, double[] Values);

    private static readonly Arbitrary<Run> Runs = (
        from outOf in Gen.Choose(1, 6)
        from points in Gen.Choose(1, outOf)
        from silence in Gen.Choose(0, 12)
        from recoverAfter in Gen.Choose(1, 4)
        from likely in Gen.Choose(1, 9)
        from values in Gen.Choose(0, 10).Select(n => n == 10 ? double.NaN : n < likely ? 2.0 : 0.5).ArrayOf(80)
        select new Run(new(points, outOf, TimeSpan.FromSeconds(5 * silence), recoverAfter), values)).ToArbitrary();

    private static double Value(char letter) => letter switch { 'a' => 2, 'n' => 0.5, _ => double.NaN };

    private static char Letter(WatchSignal? signal) => signal switch { AnomalySignal => 'A', RecoveredSignal => 'R', _ => '.' };
}
