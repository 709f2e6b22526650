using FsCheck;
using FsCheck.Fluent;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Scoring;

public sealed class NabScorerTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(6, 0)]
    [InlineData(7, 1)]
    [InlineData(20, 3)]
    [InlineData(4999, 749)]
    [InlineData(5000, 750)]
    [InlineData(16_000, 750)]
    public void Probation_is_15_percent_and_at_most_750_rows(int rows, int expected) => NabScorer.Probation(rows).ShouldBe(expected);

    [Fact]
    public void A_window_found_at_its_left_edge_is_perfect()
    {
        var score = NabScorer.Score([40], [new(40, 49)], 100);
        score.Raw.ShouldBe([1, 1, 1]);
        score.Standard.ShouldBe(100);
        score.LowFp.ShouldBe(100);
        score.LowFn.ShouldBe(100);
        score.Windows.ShouldBe(1);
    }

    [Fact]
    public void Only_the_earliest_firing_row_of_a_window_counts() =>
        NabScorer.Score([49, 45, 47], [new(40, 49)], 100).Raw.ShouldBe(NabScorer.Score([45], [new(40, 49)], 100).Raw);

    [Fact]
    public void A_window_found_late_is_worth_less()
    {
        // Row 45 of 40…49: p = −0.5, S(−0.5) = 0.848284, over S(−1) = 0.986614.
        NabScorer.Score([45], [new(40, 49)], 100).Raw[0].ShouldBe(0.859793, 1e-6);
        // The right edge: p = −0.1, S = 0.244919.
        NabScorer.Score([49], [new(40, 49)], 100).Raw[0].ShouldBe(0.248242, 1e-6);
    }

    [Fact]
    public void A_missed_window_costs_what_the_profile_says()
    {
        var score = NabScorer.Score([], [new(40, 49), new(60, 69)], 100);
        score.Raw.ShouldBe([-2, -2, -4]);
        score.Standard.ShouldBe(0);
        score.LowFn.ShouldBe(0);
    }

    [Fact]
    public void Every_row_that_fires_before_the_first_window_costs_in_full() =>
        NabScorer.Score([15, 16, 39, 40], [new(40, 49)], 100).Raw.ShouldBe([1 - 0.33, 1 - 0.66, 1 - 0.33], 1e-12);

    [Fact]
    public void Behind_a_window_a_firing_row_costs_by_its_distance()
    {
        // Row 52 behind 40…49: p = 3/9, S = −0.682262. Row 77: p = 28/9 is over 3.
        NabScorer.Score([40, 52], [new(40, 49)], 100).Raw[0].ShouldBe(1 - 0.11 * 0.682262, 1e-6);
        NabScorer.Score([40, 77], [new(40, 49)], 100).Raw[0].ShouldBe(1 - 0.11, 1e-12);
    }

    [Fact]
    public void Rows_in_the_probation_do_not_count() => NabScorer.Score([0, 14], [], 100).Raw.ShouldBe([0, 0, 0]);

    [Fact]
    public void A_window_wholly_in_the_probation_is_not_there_and_one_partly_in_it_is()
    {
        NabScorer.Score([5], [new(3, 14)], 100).Windows.ShouldBe(0);
        var part = NabScorer.Score([13], [new(13, 16)], 100);
        part.Windows.ShouldBe(1);
        part.Raw[0].ShouldBe(-1);
    }

    [Fact]
    public void Without_a_window_there_is_no_score_but_a_price()
    {
        var score = NabScorer.Score([50], [], 100);
        score.Standard.ShouldBeNull();
        score.Raw.ShouldBe([-0.11, -0.22, -0.11]);
    }

    [Fact]
    public void A_row_behind_a_window_of_one_row_costs_in_full() =>
        NabScorer.Score([40, 41], [new(40, 40)], 100).Raw[0].ShouldBe(1 - 0.11, 1e-12);

    [Fact]
    public void Windows_that_overlap_are_refused() =>
        Should.Throw<ArgumentException>(() => NabScorer.Score([], [new(40, 49), new(49, 50)], 100)).Message
            .ShouldStartWith("The windows must be ascending, without overlap and within the 100 rows; 49 to 50 is not.");

    [Fact]
    public void Series_add_up_to_the_corpus()
    {
        var parts = new[] { NabScorer.Score([40], [new(40, 49)], 100), NabScorer.Score([60], [new(40, 49)], 100), NabScorer.Score([60], [], 100) };
        var corpus = NabScorer.Combine(parts);
        corpus.Windows.ShouldBe(2);
        for (var i = 0; i < 3; i++) corpus.Raw[i].ShouldBe(parts.Sum(part => part.Raw[i]), 1e-12);
        corpus.Standard!.Value.ShouldBe(100 * (corpus.Raw[0] + 2) / 4, 1e-9);
        corpus.LowFn!.Value.ShouldBe(100 * (corpus.Raw[2] + 4) / 6, 1e-9);
    }

    [Fact]
    public void Scores_equal_the_definition_row_by_row() =>
        Prop.ForAll(RandomSeries.Series(120).ToArbitrary(), series =>
        {
            var anomalies = Enumerable.Range(0, series.Scores.Count).Where(row => series.Scores[row] >= 0.5).ToList();
            var score = NabScorer.Score(anomalies, series.Windows, series.Scores.Count);
            foreach (var (profile, raw) in NabProfile.All.Zip(score.Raw))
                raw.ShouldBe(NabReference.Raw([series], 0.5, profile), 1e-9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Fitted_thresholds_are_the_best_of_all() =>
        Prop.ForAll(RandomSeries.Corpus(60).ToArbitrary(), corpus =>
        {
            var fit = NabScorer.Fit(corpus);
            foreach (var choice in fit.Thresholds)
            {
                var profile = choice.Profile;
                double[] candidates = [double.PositiveInfinity, .. corpus.SelectMany(series => series.Scores).Distinct().OrderDescending()];
                var raws = candidates.Select(threshold => NabReference.Raw(corpus, threshold, profile)).ToArray();
                choice.Raw.ShouldBe(raws.Max(), 1e-9);
                var threshold = choice.Threshold ?? double.PositiveInfinity;
                NabReference.Raw(corpus, threshold, profile).ShouldBe(choice.Raw, 1e-9);
                // Of equals the highest, but for rounding.
                candidates.Zip(raws).First(pair => pair.Second > raws.Max() - 1e-9).First.ShouldBeGreaterThanOrEqualTo(threshold);
                var firing = corpus.SelectMany(series => Enumerable.Range(0, series.Scores.Count)
                    .Where(row => row >= NabScorer.Probation(series.Scores.Count) && series.Scores[row] >= threshold)
                    .Select(row => series.Windows.Any(window => window.First <= row && row <= window.Last))).ToList();
                choice.TruePositives.ShouldBe(firing.Count(inside => inside));
                choice.FalsePositives.ShouldBe(firing.Count(inside => !inside));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_row_without_a_score_never_fires()
    {
        var fit = NabScorer.Fit([new([0, 0, 0, 0, 0, 0, 0, double.NaN, 1, 0], [new(7, 8)])]);
        fit.Thresholds[0].Threshold.ShouldBe(1);
        fit.Thresholds[0].TruePositives.ShouldBe(1);
    }
}
