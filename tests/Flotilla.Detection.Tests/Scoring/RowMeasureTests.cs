using FsCheck;
using FsCheck.Fluent;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Scoring;

public sealed class RowMeasureTests
{
    [Fact]
    public void Average_precision_of_a_perfect_order_is_1() => AveragePrecision.Of([0, 1, 2, 3], [new(2, 3)]).ShouldBe(1);

    [Fact]
    public void Average_precision_by_hand()
    {
        // 0.9 hit (1/1), 0.8 miss, 0.7 hit (2/3): 0.5·1 + 0.5·2/3.
        AveragePrecision.Of([0.1, 0.9, 0.7, 0.8], [new(1, 2)])!.Value.ShouldBe(0.5 + 1 / 3.0, 1e-12);
    }

    [Fact]
    public void Average_precision_judges_ties_together() => AveragePrecision.Of([5, 5, 5, 5], [new(1, 1)]).ShouldBe(0.25);

    [Fact]
    public void Row_measures_need_a_labelled_row()
    {
        AveragePrecision.Of([1, 2], []).ShouldBeNull();
        VusPr.Of([1, 2], []).ShouldBeNull();
    }

    [Fact]
    public void Vus_of_the_very_labels_without_a_buffer_is_1() => VusPr.Of([0, 0, 1, 1, 0, 0], [new(2, 3)], buffer: 0).ShouldBe(1);

    [Fact]
    public void Vus_by_hand()
    {
        // ℓ = 0: rows 2 and 1 of one anomaly in row 2. Thresholds 3, 2, 1, 0: recall 1 at once with precision 1: area 1.
        VusPr.Of([0, 2, 3, 1], [new(2, 2)], buffer: 0)!.Value.ShouldBe(1, 1e-12);
        // ℓ = 2: rows 1 and 3 have √½. Row 2: recall 1, precision 1. Nothing more can be recalled.
        VusPr.Of([0, 2, 3, 1], [new(2, 2)], buffer: 2)!.Value.ShouldBe(1, 1e-12);
        // The neighbour first: TP = √½, P' = 1 + √½/2, precision √½; then TP = 1 + √½ of 2 rows, recall at most 1.
        var root = Math.Sqrt(0.5);
        var recall = root / (1 + root / 2);
        var area = recall * root + (1 - recall) * (1 + root) / 2;
        // ℓ = 0 and 1 have no neighbours: row 1 hits nothing, then precision ½.
        VusPr.Of([0, 3, 2, 1], [new(2, 2)], buffer: 2)!.Value.ShouldBe((0.5 + 0.5 + area) / 3, 1e-12);
    }

    [Fact]
    public void A_row_without_a_score_ranks_last()
    {
        AveragePrecision.Of([double.NaN, 0, 1], [new(0, 0)])!.Value.ShouldBe(1 / 3.0, 1e-12);
        VusPr.Of([double.NaN, 0, 1], [new(0, 0)], buffer: 0)!.Value.ShouldBe(1 / 3.0, 1e-12);
    }

    [Fact]
    public void Average_precision_equals_its_definition() =>
        Prop.ForAll(RandomSeries.Series(80).ToArbitrary(), series =>
        {
            var positives = series.Windows.Sum(window => window.Width);
            double? expected = positives == 0 ? null : 0;
            var before = 0.0;
            foreach (var threshold in series.Scores.Distinct().OrderDescending())
            {
                var rows = Enumerable.Range(0, series.Scores.Count).Where(row => series.Scores[row] >= threshold).ToList();
                var hits = rows.Count(row => series.Windows.Any(window => window.First <= row && row <= window.Last));
                expected += (hits / (double)positives - before) * hits / rows.Count;
                before = hits / (double)positives;
            }
            var actual = AveragePrecision.Of(series.Scores, series.Windows);
            actual.HasValue.ShouldBe(expected.HasValue);
            (actual ?? 0).ShouldBe(expected ?? 0, 1e-9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Vus_equals_its_definition() =>
        Prop.ForAll(RandomSeries.Series(300).ToArbitrary(), Gen.Choose(0, 9).ToArbitrary(), (series, buffer) =>
        {
            var actual = VusPr.Of(series.Scores, series.Windows, buffer);
            actual.HasValue.ShouldBe(series.Windows.Count > 0);
            if (actual is { } value) value.ShouldBe(VusReference.Of(series.Scores, series.Windows, buffer), 1e-9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Vus_of_random_scores_and_long_buffers_equals_its_definition()
    {
        var random = new System.Random(7);
        double[] scores = [.. Enumerable.Range(0, 600).Select(_ => random.NextDouble())];
        LabelWindow[] windows = [new(0, 3), new(60, 80), new(81, 90), new(150, 150), new(300, 400), new(592, 597)];
        VusPr.Of(scores, windows)!.Value.ShouldBe(VusReference.Of(scores, windows, 100), 1e-9);
    }
}
