using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Bench;

public sealed class BenchCompareTests
{
    [Fact]
    public void The_same_is_unchanged()
    {
        var result = Of(("a.json", 100, new("x", [5], 1)));
        var comparison = BenchCompare.Compare(result, result);
        BenchCompare.IsUnchanged(comparison).ShouldBeTrue();
        comparison.Detectors.ShouldHaveSingleItem().Before.ShouldBe(new(1, 0));
    }

    [Fact]
    public void Changed_verdicts_are_told_and_are_no_regression()
    {
        var comparison = BenchCompare.Compare(
            Of(("a.json", 100, new("x", [5, 7], 1)), ("b.json", 100, new("x", [1], 1))),
            Of(("a.json", 100, new("x", [7, 9, 11], 1)), ("b.json", 100, new("x", [1], 1))));
        var change = comparison.Changes.ShouldHaveSingleItem();
        (change.Series, change.Detector).ShouldBe(("a.json", "x"));
        change.Gained.ShouldBe([9, 11]);
        change.Lost.ShouldBe([5]);
        comparison.Regressions.ShouldBeEmpty();
        BenchCompare.IsUnchanged(comparison).ShouldBeFalse();
        comparison.Detectors[0].ShouldBe(new("x", new(3, 0), new(4, 0), 2, 1));
    }

    [Fact]
    public void Series_and_detectors_that_come_go_or_have_other_data_are_told()
    {
        var comparison = BenchCompare.Compare(
            Of(("gone.json", 10, new("x", [], 1)), ("grown.json", 10, new("x", [], 1)), ("same.json", 10, new("old", [], 1))),
            Of(("grown.json", 12, new("x", [11], 1)), ("new.json", 10, new("x", [], 1)), ("same.json", 10, new("young", [], 1))));
        comparison.GoneSeries.ShouldBe(["gone.json"]);
        comparison.NewSeries.ShouldBe(["new.json"]);
        comparison.ChangedSeries.ShouldBe(["grown.json"]);
        comparison.GoneDetectors.ShouldBe(["old"]);
        comparison.NewDetectors.ShouldBe(["young"]);
        comparison.Changes.ShouldBeEmpty();
        comparison.Regressions.ShouldBeEmpty();
        BenchCompare.IsUnchanged(comparison).ShouldBeFalse();
    }

    [Fact]
    public void A_detector_that_fails_now_and_a_run_that_was_interrupted_are_regressions()
    {
        var comparison = BenchCompare.Compare(
            Of(("a.json", 100, new("x", [5], 1)), ("b.json", 100, new("x", [5], 1, Error: "threw A"))),
            Of(("a.json", 100, new("x", [5], 1, Error: "threw B")), ("b.json", 100, new("x", [5], 1, Error: "threw C"))) with { Complete = false });
        comparison.Regressions.ShouldBe(["The second run was interrupted.", "x on a.json threw B."]);
    }

    [Theory]
    [InlineData(60.0, 0.30, 10, 100, "")]
    [InlineData(59.6, 0.296, 10, 100, "")]
    [InlineData(59.4, 0.30, 10, 100, "x: the NAB score fell from 60.00 to 59.40.")]
    [InlineData(60.0, 0.29, 10, 100, "x: VUS-PR fell from 0.3000 to 0.2900.")]
    [InlineData(60.0, 0.30, 11, 100, "x: 11 labelled anomalies are missed, before 10.")]
    [InlineData(60.0, 0.30, 10, 101, "x: 101 false alerts, before 100.")]
    [InlineData(80.0, 0.90, 0, 101, "x: 101 false alerts, before 100.")]
    public void With_labels_each_measure_counts_by_itself(double nab, double vus, int missed, int @false, string regression)
    {
        var before = Scored(60, 0.30, 10, 100);
        var comparison = BenchCompare.Compare(before, Scored(nab, vus, missed, @false));
        string.Join('|', comparison.Regressions).ShouldBe(regression);
    }

    [Fact]
    public void The_tolerance_is_a_share_of_each_scale() =>
        BenchCompare.Compare(Scored(60, 0.30, 10, 100), Scored(56, 0.27, 10, 104), tolerance: 0.05).Regressions.ShouldBeEmpty();

    [Fact]
    public void Scores_are_those_of_the_series_that_both_have()
    {
        SeriesResult Series(string path, int found) => new(path, path, 10, 0, [new("x", [], 1, Score: Score(found, 1 - found))], []);
        var comparison = BenchCompare.Compare(new([Series("a", 1), Series("b", 1)], 1), new([Series("a", 1), Series("c", 0)], 1));
        comparison.Detectors[0].Before.Found.ShouldBe(1);
        comparison.Detectors[0].After.Found.ShouldBe(1);
        comparison.Detectors[0].After.Missed.ShouldBe(0);
        comparison.Regressions.ShouldBeEmpty();
    }

    private static BenchResult Of(params (string Path, int Points, DetectorResult Result)[] series) =>
        new([.. series.Select(each => new SeriesResult(Path.GetFileNameWithoutExtension(each.Path), each.Path, each.Points, 0, [each.Result]))], 1);

    // Scores that were stored, and so are compared as they are.
    private static BenchResult Scored(double nab, double vus, int missed, int @false) =>
        new([], 1, Corpus: [new("x", new(new(nab, nab, nab, [0, 0, 0], 50), vus, vus, new(50 - missed, missed, @false, 60, 1)), Fitted: true)]);

    private static Score Score(int found, int missed) => new(new(0, 0, 0, [0, 0, 0], 1), 0.5, 0.5, new(found, missed, 0, null, 0)) { LabelledSeries = 1 };
}
