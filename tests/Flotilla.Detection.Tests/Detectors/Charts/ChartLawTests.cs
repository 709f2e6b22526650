using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class ChartLawTests
{
    private const int LongestWarmUp = 250;

    private static readonly DetectorDefinition[] Definitions =
        [.. ChartDetectors.All, Detectors.RobustZ().Calibrated(), Detectors.HoltWinters(season: 12), Detectors.SeasonalEsd(season: 12)];

    public static IEnumerable<TheoryDataRow<int, string>> All() =>
        Definitions.Select((definition, i) => new TheoryDataRow<int, string>(i, definition.Name));

    [Theory]
    [MemberData(nameof(All))]
    public void A_constant_series_is_never_anomalous(int detector, string name)
    {
        foreach (var value in new[] { 0, 0.1, -3e9 })
            Points.Run(Definitions[detector], Enumerable.Repeat(value, 3000)).ShouldAllBe(verdict => verdict == default, name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Rounding_noise_on_a_constant_is_not_anomalous(int detector, string name)
    {
        // Calibrated scores have lost their unit: what is tiny is not known to be.
        if (name.EndsWith("_calibrated", StringComparison.Ordinal)) return;
        var values = Enumerable.Range(0, 2000).Select(i => i % 700 == 699 ? 0.1 + 0.2 : 0.3);
        Points.Run(Definitions[detector], values).ShouldAllBe(verdict => !verdict.IsAnomaly, name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_missing_value_changes_nothing(int detector, string name) =>
        Prop.ForAll(Series, values =>
        {
            var whole = Run(detector, values);
            var instance = Definitions[detector].Create();
            for (var i = 0; i < values.Length; i++)
            {
                if (i % 3 == 0) instance.Observe(Points.At(10 * i - 5, double.NaN)).ShouldBe(default, name);
                instance.Observe(Points.At(10 * i, values[i])).ShouldBe(whole[i], name);
            }
        }).Check(Few);

    [Theory]
    [MemberData(nameof(All))]
    public void The_unit_does_not_matter(int detector, string name) =>
        Prop.ForAll(Series, Gen.Choose(-20, 20).ToArbitrary(), (values, power) =>
        {
            // Powers of two change no digit, so the verdicts are the same to the bit.
            var factor = Math.Pow(2, power);
            Run(detector, values.Select(value => value * factor)).ShouldBe(Run(detector, values), name);
        }).Check(Few);

    [Theory]
    [MemberData(nameof(All))]
    public void The_zero_does_not_matter(int detector, string name) =>
        Prop.ForAll(Fine, Gen.Choose(-100_000, 100_000).ToArbitrary(), (values, shift) =>
        {
            var here = Run(detector, values);
            var there = Run(detector, values.Select(value => value + shift));
            for (var i = 0; i < values.Length; i++)
            {
                there[i].Score.ShouldBeNear(here[i].Score, 1e-4);
                // From a verdict that rounding decides on, the two may learn different things.
                if (Math.Abs(here[i].Score - 1) < 1e-4) return;
                there[i].IsAnomaly.ShouldBe(here[i].IsAnomaly, name);
            }
        }).Check(Few);

    [Theory]
    [MemberData(nameof(All))]
    public void A_huge_spike_after_a_calm_stretch_is_found_in_either_direction(int detector, string name)
    {
        foreach (var spike in new[] { 1e6, -1e6 })
        {
            var verdicts = Run(detector, [.. ChartSeries.Noise(1500, 1), spike]);
            verdicts[^1].IsAnomaly.ShouldBeTrue(name);
            verdicts[^1].Score.ShouldBeGreaterThan(3);
            verdicts[..^1].Count(verdict => verdict.IsAnomaly).ShouldBeLessThan(5, name);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_first_change_of_a_constant_is_found_with_a_finite_score(int detector, string name)
    {
        if (name.EndsWith("_calibrated", StringComparison.Ordinal)) return;
        var last = Run(detector, [.. Enumerable.Repeat(5.0, 1000), 6])[^1];
        last.IsAnomaly.ShouldBeTrue(name);
        last.Score.ShouldBeLessThan(1e6);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void One_spike_does_not_hide_the_next(int detector, string name)
    {
        double[] values = [.. ChartSeries.Noise(1500, 2), 1e9, .. ChartSeries.Noise(300, 3), 1e5];
        Run(detector, values)[^1].IsAnomaly.ShouldBeTrue(name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void After_a_level_shift_it_comes_back_to_life(int detector, string name)
    {
        double[] values = [.. ChartSeries.Noise(1200, 4), .. ChartSeries.Noise(600, 5, level: 5000), 5200, .. ChartSeries.Noise(100, 6, level: 5000)];
        var verdicts = Run(detector, values);
        verdicts[1200..1800].Any(verdict => verdict.IsAnomaly).ShouldBeTrue(name);
        verdicts[1500..1800].Count(verdict => verdict.IsAnomaly).ShouldBeLessThan(5, name);
        verdicts[1800].IsAnomaly.ShouldBeTrue(name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_series_that_is_mostly_zero_does_not_drown(int detector, string name)
    {
        var random = new Random(8);
        var values = Enumerable.Range(0, 4000).Select(_ => random.Next(100) < 85 ? 0.0 : random.Next(1, 6));
        Run(detector, values).Count(verdict => verdict.IsAnomaly).ShouldBeLessThan(40, name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Verdicts_do_not_depend_on_when_points_arrive_in_sittings(int detector, string name)
    {
        var values = ChartSeries.Seasonal(900, 12, 9);
        var first = Definitions[detector].Create();
        var second = Definitions[detector].Create();
        var verdicts = values[..400].Select((value, i) => first.Observe(Points.At(10 * i, value))).ToList();
        // Another object of the same definition shares nothing.
        foreach (var value in values) second.Observe(Points.At(0, -value));
        verdicts.AddRange(values[400..].Select((value, i) => first.Observe(Points.At(10 * (400 + i), value))));
        verdicts.ToArray().ShouldBe(Run(detector, values), name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_infinite_value_is_anomalous_once_warm_and_not_learnt_from(int detector, string name)
    {
        var values = ChartSeries.Noise(LongestWarmUp, 10);
        var whole = Run(detector, values);
        var instance = Definitions[detector].Create();
        instance.Observe(Points.At(-1, double.PositiveInfinity)).ShouldBe(default, name);
        for (var i = 0; i < values.Length; i++) instance.Observe(Points.At(10 * i, values[i])).ShouldBe(whole[i], name);
        if (name.EndsWith("_calibrated", StringComparison.Ordinal)) return;
        instance.Observe(Points.At(10 * values.Length, double.NegativeInfinity)).ShouldBe(new Verdict(true, double.MaxValue), name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Scores_are_finite_and_decide_whatever_comes(int detector, string name)
    {
        var random = new Random(11);
        var instance = Definitions[detector].Create();
        for (var i = 0; i < 3000; i++)
        {
            var value = random.Next(6) switch
            {
                0 => double.MaxValue, 1 => -1e149, 2 => 1e-300, 3 => 0, 4 => random.NextDouble(), _ => Math.Pow(10, random.Next(-300, 149)),
            };
            // Times repeat and go back.
            var verdict = instance.Observe(Points.At(random.Next(1000), value));
            double.IsFinite(verdict.Score).ShouldBeTrue(name);
            verdict.Score.ShouldBeGreaterThanOrEqualTo(0);
            verdict.IsAnomaly.ShouldBe(verdict.Score > 1, name);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_band_holds_what_is_normal(int detector, string name)
    {
        if (Definitions[detector].Create() is not IBandDetector instance) return;
        instance.Band.ShouldBeNull();
        double[] values = [.. ChartSeries.Seasonal(1500, 12, 12), 200, .. ChartSeries.Seasonal(300, 12, 13).Select(value => value + 5000)];
        var judged = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var verdict = instance.Observe(Points.At(10 * i, values[i]));
            if (instance.Band is not { } band) continue;
            judged++;
            (values[i] < band.Low || values[i] > band.High).ShouldBe(verdict.IsAnomaly, $"{name} at {i}");
        }
        judged.ShouldBeGreaterThan(1000, name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_says_what_it_is_and_what_a_sweep_may_try(int detector, string name)
    {
        var definition = Definitions[detector];
        var facts = definition.Facts.ShouldNotBeNull(name);
        new[] { facts.Summary, facts.Source, facts.Cost, facts.Memory }.ShouldAllBe(text => text.Length > 3);
        definition.Settings.Select(setting => setting.Name).ShouldBeUnique();
        foreach (var setting in definition.Settings)
        foreach (var candidate in setting.Candidates)
            definition.With(setting.Name, candidate).Create().ShouldNotBeNull();
        definition.Settings.ShouldContain(setting => setting.Candidates.Count > 1);
    }

    private static Verdict[] Run(int detector, IEnumerable<double> values) => Points.Run(Definitions[detector], values);

    private static readonly Config Few = Config.QuickThrowOnFailure.WithMaxTest(15);

    /// <summary>Of parts so fine that no two values tie, and yet shifted without rounding.</summary>
    private static readonly Arbitrary<double[]> Fine =
        (from seed in Gen.Choose(0, 100_000) from count in Gen.Choose(1, 900) select Random(seed, count, 1 << 24)).ToArbitrary();

    /// <summary>Whole numbers or eighths, with a level shift and some spikes.</summary>
    private static readonly Arbitrary<double[]> Series =
        (from seed in Gen.Choose(0, 100_000)
         from count in Gen.Choose(1, 900)
         from coarse in Gen.Choose(0, 1)
         select Random(seed, count, coarse == 1 ? 1 : 8)).ToArbitrary();

    private static double[] Random(int seed, int count, int parts)
    {
        var random = new Random(seed);
        var shift = random.Next(count);
        return Enumerable.Range(0, count).Select(i =>
            Math.Round(parts * (5 * ChartSeries.Normal(random) + 8 * Math.Sin(i * Math.PI / 6) + (i > shift ? 20 : 0) + (random.Next(100) == 0 ? 90 : 0))) / parts).ToArray();
    }
}
