using FsCheck;
using FsCheck.Fluent;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

public sealed class ShapeDetectorLawTests
{
    // With small windows, so that a series of a few hundred points is judged.
    private static readonly DetectorDefinition[] Small =
    [
        Detectors.RobustRandomCutForest(trees: 10, size: 32, shingle: 4),
        Detectors.MatrixProfile(window: 16, history: 300),
        Detectors.SubPca(window: 12, components: 4),
        Detectors.SpectralResidual(window: 32),
        Detectors.RelativeEntropy(window: 20),
        Detectors.Ensemble([Detectors.SubPca(window: 12, components: 4), Detectors.SpectralResidual(window: 32), Detectors.RelativeEntropy(window: 20)]),
    ];

    public static TheoryData<string> Names => [.. ShapeDetectors.All.Select(detector => detector.Name)];

    [Fact]
    public void Each_states_its_facts_and_settings_that_a_sweep_can_try()
    {
        foreach (var detector in ShapeDetectors.All)
        {
            detector.Facts.ShouldNotBeNull();
            detector.Facts.Source.ShouldContain("20");
            foreach (var setting in detector.Settings)
                foreach (var candidate in setting.Candidates) detector.With(setting.Name, candidate).Create().ShouldNotBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_series_is_never_anomalous(string name)
    {
        foreach (var value in (double[])[0, 0.1, -1e9])
            Points.Run(Default(name), Enumerable.Repeat(value, 1500)).ShouldAllBe(verdict => verdict == default);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_missing_value_changes_nothing(string name)
    {
        var series = ShapeSeries.Walk(500);
        var whole = Points.Run(SmallOne(name), series);
        var withGaps = Points.Run(SmallOne(name), series.SelectMany(value => new[] { double.NaN, value }));
        withGaps.Where((_, i) => i % 2 == 0).ShouldAllBe(verdict => verdict == default);
        withGaps.Where((_, i) => i % 2 == 1).ShouldBe(whole);
        whole.ShouldContain(verdict => verdict.Score > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_beyond_arithmetic_is_anomalous_once_warm_and_not_learnt_from(string name)
    {
        var series = ShapeSeries.Walk(500);
        foreach (var extreme in (double[])[double.PositiveInfinity, double.NegativeInfinity, 1e200])
        {
            var verdicts = Points.Run(SmallOne(name), [extreme, .. series, extreme, .. series]);
            verdicts[0].ShouldBe(default);
            verdicts[501].ShouldBe(new Verdict(true, double.MaxValue));
            verdicts[502..].ShouldBe(Points.Run(SmallOne(name), [.. series, .. series])[500..]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Scores_are_finite_and_over_one_exactly_when_anomalous(string name) =>
        Prop.ForAll(Gen.Choose(0, 100_000).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (seed, kind) =>
        {
            var series = ShapeSeries.Walk(300, seed).Select((value, i) => kind switch
            {
                0 => value,
                1 => Math.Round(value / 4),
                2 => i % 97 == 50 ? 1e149 : value,
                _ => i % 131 < 60 ? 3 : value * 1e-200,
            });
            foreach (var verdict in Points.Run(SmallOne(name), series))
            {
                (double.IsFinite(verdict.Score) && verdict.Score >= 0).ShouldBeTrue();
                // The ensemble holds back what too few of its members say.
                if (name != "ensemble" || verdict.IsAnomaly) verdict.IsAnomaly.ShouldBe(verdict.Score > 1);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_unit_of_a_series_does_not_matter(string name)
    {
        // A power of two scales every intermediate result exactly.
        var series = ShapeSeries.Periodic(600);
        series[400] += 3;
        var scaled = Points.Run(SmallOne(name), series.Select(value => value * 1024));
        Points.Run(SmallOne(name), series).Zip(scaled).ShouldAllBe(pair => Math.Abs(pair.First.Score - pair.Second.Score) <= 1e-9 * (1 + pair.First.Score));
    }

    [Theory]
    [InlineData("matrix_profile")]
    [InlineData("sub_pca")]
    [InlineData("spectral_residual")]
    [InlineData("relative_entropy")]
    public void The_level_of_a_series_does_not_matter(string name)
    {
        // Sixteenths, and a level of a power of two: adding it rounds nothing.
        var series = ShapeSeries.Periodic(600).Select(value => Math.Round(value * 16) / 16).ToArray();
        series[400] += 3;
        var shifted = Points.Run(SmallOne(name), series.Select(value => value + 4096));
        Points.Run(SmallOne(name), series).Zip(shifted).ShouldAllBe(pair => Math.Abs(pair.First.Score - pair.Second.Score) <= 1e-5 * (1 + pair.First.Score));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_comes_later_changes_no_verdict(string name)
    {
        var series = ShapeSeries.Walk(400);
        Points.Run(SmallOne(name), series[..300]).ShouldBe(Points.Run(SmallOne(name), series)[..300]);
    }

    [Theory]
    [InlineData("robust_random_cut_forest")]
    [InlineData("matrix_profile")]
    [InlineData("sub_pca")]
    [InlineData("relative_entropy")]
    [InlineData("ensemble")]
    public void A_stretch_that_breaks_the_period_is_found(string name)
    {
        // Half a period is held at its level.
        var series = ShapeSeries.Periodic(3000);
        for (var i = 2000; i < 2060; i++) series[i] = 10.9 + 0.02 * (series[i] - 10);
        ShouldFind(name, series, 2000, 2160);
    }

    [Theory]
    [InlineData("robust_random_cut_forest")]
    [InlineData("sub_pca")]
    [InlineData("spectral_residual")]
    [InlineData("ensemble")]
    public void A_single_value_far_off_is_found(string name)
    {
        var series = ShapeSeries.Periodic(3000);
        series[2000] += 40;
        ShouldFind(name, series, 2000, 2100);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_lasting_change_is_learnt(string name)
    {
        double[] series = [.. ShapeSeries.Periodic(1500), .. ShapeSeries.Periodic(4500, 2).Select(value => 5 * value)];
        Points.Run(Default(name), series)[4500..].Count(verdict => verdict.IsAnomaly).ShouldBeLessThan(15);
    }

    [Theory]
    [InlineData("robust_random_cut_forest", 32 + 4 + 50)]
    [InlineData("matrix_profile", 2 * 16 + 50)]
    [InlineData("sub_pca", 2 * 12 + 50)]
    [InlineData("spectral_residual", 32 + 45)]
    [InlineData("relative_entropy", 20 + 51)]
    public void The_first_point_judged_is_the_one_documented(string name, int number)
    {
        var verdicts = Points.Run(SmallOne(name), ShapeSeries.Noise(200));
        verdicts[..(number - 1)].ShouldAllBe(verdict => verdict == default);
        verdicts[number - 1].Score.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_forest_gives_the_same_verdicts_for_the_same_seed_only()
    {
        var series = ShapeSeries.Walk(400);
        var forest = SmallOne("robust_random_cut_forest");
        Points.Run(forest, series).ShouldBe(Points.Run(forest, series));
        Points.Run(forest.With("seed", 2), series).ShouldNotBe(Points.Run(forest, series));
    }

    [Fact]
    public void Windows_longer_than_the_history_lengthen_it()
    {
        var detector = Detectors.MatrixProfile(window: 288, history: 200);
        Points.Run(detector, ShapeSeries.Periodic(1500)).ShouldContain(verdict => verdict.Score > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_series_of_nab_gives_finite_scores_and_few_anomalies(string name)
    {
        var data = Repository.SharedData("nab", "data");
        Assert.SkipWhen(data is null, "The series of NAB are not beside the checkout (../shared/data/nab).");
        var anomalies = 0;
        var files = Directory.GetFiles(data!, "*.csv", SearchOption.AllDirectories);
        foreach (var file in files)
        {
            var verdicts = Points.Run(Default(name), File.ReadLines(file).Skip(1).Take(3000).Select(line => double.Parse(line.Split(',')[1])));
            verdicts.ShouldAllBe(verdict => double.IsFinite(verdict.Score) && verdict.Score >= 0);
            anomalies += verdicts.Count(verdict => verdict.IsAnomaly);
        }
        files.Length.ShouldBe(34);
        anomalies.ShouldBeInRange(1, 30 * files.Length);
    }

    private static DetectorDefinition Default(string name) => ShapeDetectors.All.Single(detector => detector.Name == name);

    private static DetectorDefinition SmallOne(string name) => Small.Single(detector => detector.Name == name);

    private static void ShouldFind(string name, double[] series, int from, int to)
    {
        var verdicts = Points.Run(Default(name), series);
        verdicts[from..to].ShouldContain(verdict => verdict.IsAnomaly);
        verdicts[..from].Count(verdict => verdict.IsAnomaly).ShouldBeLessThan(20);
    }
}
