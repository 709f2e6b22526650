using FsCheck;
using FsCheck.Fluent;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Scoring;

public sealed class ScorerTests
{
    [Fact]
    public void All_measures_come_together()
    {
        var points = RandomSeries.Points(100);
        double[] scores = new double[100];
        scores[44] = 2;
        LabelWindow[] windows = [new(40, 49)];
        var score = Scorer.Score(points, scores, [44], windows);
        score.Nab.ShouldBeEquivalentTo(NabScorer.Score([44], windows, 100));
        score.VusPr.ShouldBe(VusPr.Of(scores, windows));
        score.AucPr.ShouldBe(AveragePrecision.Of(scores, windows));
        score.Events.ShouldBe(EventScorer.Score(points, [44], windows));
        score.LabelledSeries.ShouldBe(1);
    }

    [Fact]
    public void Without_a_label_only_alerts_can_be_counted()
    {
        var score = Scorer.Score(RandomSeries.Points(100), new double[100], [44], []);
        score.Nab.Standard.ShouldBeNull();
        score.VusPr.ShouldBeNull();
        score.AucPr.ShouldBeNull();
        score.Events.False.ShouldBe(1);
        score.LabelledSeries.ShouldBe(0);
    }

    [Fact]
    public void A_corpus_of_nothing_has_no_score()
    {
        var score = Scorer.Combine([]);
        score.Nab.Standard.ShouldBeNull();
        score.VusPr.ShouldBeNull();
        score.Events.ShouldBe(new EventScore(0, 0, 0, null, 0));
    }

    [Fact]
    public void A_score_for_each_point_is_needed() =>
        Should.Throw<ArgumentException>(() => Scorer.Score(RandomSeries.Points(3), [1, 2], [], [])).Message.ShouldStartWith("There are 2 scores for 3 points.");

    [Fact]
    public void Parts_combine_to_the_same_in_any_grouping() =>
        Prop.ForAll(RandomSeries.Corpus(60).ToArbitrary(), Gen.Choose(0, 4).ToArbitrary(), (corpus, cut) =>
        {
            var scores = corpus.Select(series => Scorer.Score(
                RandomSeries.Points(series.Scores.Count), series.Scores, [.. Enumerable.Range(0, series.Scores.Count).Where(row => series.Scores[row] >= 0.5)], series.Windows)).ToList();
            var whole = Scorer.Combine(scores);
            var parts = Scorer.Combine([Scorer.Combine(scores.Take(cut)), Scorer.Combine(scores.Skip(cut))]);
            Numbers(parts).Zip(Numbers(whole)).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-9);
            var labelled = scores.Where(score => score.VusPr is not null).ToList();
            (whole.VusPr ?? 0).ShouldBe(labelled.Count == 0 ? 0 : labelled.Average(score => score.VusPr!.Value), 1e-12);
        }).QuickCheckThrowOnFailure();

    private static double[] Numbers(Score score) =>
    [
        score.Nab.Standard ?? -1e6, score.Nab.LowFp ?? -1e6, score.Nab.LowFn ?? -1e6, .. score.Nab.Raw, score.Nab.Windows, score.VusPr ?? -1, score.AucPr ?? -1,
        score.Events.Found, score.Events.Missed, score.Events.False, score.Events.MeanDelaySeconds ?? -1, score.Events.FalsePerWeek, score.Events.WatchedSeconds,
    ];
}
