using FsCheck;
using FsCheck.Fluent;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;
using Flotilla.Detection.Tests.Scoring;

namespace Flotilla.Detection.Tests.Bench;

public sealed class ThresholdSweepTests
{
    [Fact]
    public void Set_finds_the_next_position() =>
        Prop.ForAll<byte[], byte>((rows, from) =>
        {
            var set = new RowSet(256);
            foreach (var row in rows) set.Add(row);
            foreach (var row in rows.Where(row => row % 3 == 0)) set.Remove(row);
            var left = rows.Where(row => row % 3 != 0 && row >= from).ToList();
            set.NextFrom(from).ShouldBe(left.Count == 0 ? int.MaxValue : left.Min());
            set[from].ShouldBe(left.Contains(from));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_threshold_is_tried_with_each_silence() =>
        Prop.ForAll(RandomSeries.Corpus(90).ToArbitrary(), Gen.Elements(0, 1, 3, 12).ToArbitrary(), Gen.Elements(SweepObjective.NabStandard, SweepObjective.EventF1).ToArbitrary(),
            (corpus, silence, objective) =>
            {
                var replayed = corpus.Select(WithGaps).ToList();
                var best = new ThresholdSweep(replayed).Best(silence, objective, TestContext.Current.CancellationToken);
                double[] thresholds = [0, .. replayed.SelectMany(series => series.RowScores).Where(score => !double.IsNaN(score)).Distinct()];
                var values = thresholds.Select(threshold => Value(replayed, threshold, silence, objective)).ToList();
                best.Objective.ShouldBe(values.Max(), 1e-7);
                Value(replayed, best.Threshold, silence, objective).ShouldBe(best.Objective, 1e-7);
                best.Threshold.ShouldBeGreaterThan(0);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Threshold_lies_between_what_must_and_what_must_not_be_over_it()
    {
        double[] scores = new double[100];
        (scores[30], scores[50], scores[70]) = (2, 6, 3);
        var sweep = new ThresholdSweep([new(Labelled(100, [new(50, 59)]), scores)]);
        var best = sweep.Best(0, SweepObjective.NabStandard, TestContext.Current.CancellationToken);
        best.ShouldBe(new ThresholdChoice(4.5, 0, 100));
    }

    [Fact]
    public void Points_that_change_nothing_widen_the_margin()
    {
        double[] scores = new double[100];
        (scores[50], scores[51], scores[52], scores[70]) = (6, 5, 4, 3);
        var sweep = new ThresholdSweep([new(Labelled(100, [new(50, 59)]), scores)]);
        sweep.Best(0, SweepObjective.NabStandard, TestContext.Current.CancellationToken).Threshold.ShouldBe(4.5);
    }

    [Fact]
    public void Where_it_is_best_to_say_nothing_no_score_is_over_the_threshold()
    {
        double[] scores = new double[100];
        (scores[30], scores[50]) = (7, 7);
        scores.AsSpan(60, 40).Fill(7);
        var best = new ThresholdSweep([new(Labelled(100, [new(50, 59)]), scores)]).Best(0, SweepObjective.NabStandard, TestContext.Current.CancellationToken);
        best.ShouldBe(new ThresholdChoice(7, 0, 0));
    }

    [Fact]
    public void Without_any_score_the_threshold_is_the_detectors_own() =>
        new ThresholdSweep([new(Labelled(100, [new(50, 59)]), new double[100])]).Best(12, SweepObjective.NabStandard, TestContext.Current.CancellationToken)
            .ShouldBe(new ThresholdChoice(1, 12, 0));

    private static ReplayedSeries WithGaps(ScoredSeries series)
    {
        double[] scores = [.. series.Scores.Select((score, row) => row % 7 == 5 ? double.NaN : score)];
        return new(Labelled(scores.Length, series.Windows), scores);
    }

    private static LabelledSeries Labelled(int rows, IReadOnlyList<LabelWindow> windows) =>
        new(new Series("s", "s", RandomSeries.Points(rows)), windows);

    // By the definition, and with the scorers of reports.
    private static double Value(IReadOnlyList<ReplayedSeries> corpus, double threshold, int silence, SweepObjective objective)
    {
        var nab = new List<NabScores>();
        var events = new List<EventScore>();
        foreach (var series in corpus)
        {
            var anomalies = new List<int>();
            var quiet = 0;
            for (var row = 0; row < series.RowScores.Length; row++)
            {
                if (double.IsNaN(series.RowScores[row])) continue;
                if (quiet > 0) quiet--;
                else if (series.RowScores[row] > threshold)
                {
                    anomalies.Add(row);
                    quiet = silence;
                }
            }
            Point[] points = [.. series.Labelled.Series.Points.Select((point, row) => point with { Value = series.RowScores[row] })];
            nab.Add(NabScorer.Score(anomalies, series.Labelled.Windows, points.Length));
            events.Add(EventScorer.Score(points, anomalies, series.Labelled.Windows));
        }
        if (objective == SweepObjective.NabStandard) return NabScorer.Combine(nab).Standard ?? 0;
        var all = EventScorer.Combine(events);
        return all.Found == 0 ? 0 : 2.0 * all.Found / (2 * all.Found + all.Missed + all.False);
    }
}
