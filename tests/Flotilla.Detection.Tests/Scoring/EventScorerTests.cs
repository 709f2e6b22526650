using FsCheck;
using FsCheck.Fluent;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Scoring;

public sealed class EventScorerTests
{
    // 100 rows, a minute apart: 15 of probation, 84 minutes watched.
    private static readonly IReadOnlyList<Point> Points = RandomSeries.Points(100);

    [Fact]
    public void A_window_is_found_by_any_point_in_it_and_the_first_makes_the_delay()
    {
        var score = EventScorer.Score(Points, [43, 44, 48], [new(40, 49), new(60, 69)]);
        score.ShouldBe(new EventScore(1, 1, 0, 180, 0) { WatchedSeconds = 84 * 60 });
    }

    [Fact]
    public void The_mean_delay_is_over_found_windows() =>
        EventScorer.Score(Points, [40, 64], [new(40, 49), new(60, 69), new(80, 89)]).MeanDelaySeconds.ShouldBe(120);

    [Fact]
    public void Nothing_found_has_no_delay() => EventScorer.Score(Points, [], [new(40, 49)]).MeanDelaySeconds.ShouldBeNull();

    [Fact]
    public void Points_in_a_row_are_one_alert()
    {
        var score = EventScorer.Score(Points, [20, 21, 22, 30, 32], []);
        score.False.ShouldBe(3);
        score.FalsePerWeek.ShouldBe(3 / (84.0 / (7 * 24 * 60)), 1e-9);
    }

    [Fact]
    public void A_missing_value_does_not_end_an_alert()
    {
        Point[] points = [.. Points.Select((point, row) => row == 31 ? point with { Value = double.NaN } : point)];
        EventScorer.Score(points, [20, 21, 22, 30, 32], []).False.ShouldBe(2);
    }

    [Fact]
    public void An_alert_is_false_when_it_begins_outside_all_windows()
    {
        EventScorer.Score(Points, [48, 49, 50, 51], [new(40, 49)]).False.ShouldBe(0);
        var before = EventScorer.Score(Points, [38, 39, 40], [new(40, 49)]);
        before.False.ShouldBe(1);
        before.Found.ShouldBe(1);
    }

    [Fact]
    public void The_probation_does_not_count()
    {
        EventScorer.Score(Points, [3, 14], []).False.ShouldBe(0);
        EventScorer.Score(Points, [5], [new(3, 14)]).ShouldBe(new EventScore(0, 0, 0, null, 0) { WatchedSeconds = 84 * 60 });
        EventScorer.Score(Points, [14], [new(13, 16)]).Missed.ShouldBe(1);
        EventScorer.Score(Points, [14, 15], [new(13, 16)]).MeanDelaySeconds.ShouldBe(120);
    }

    [Fact]
    public void Where_no_time_goes_by_there_is_no_rate() =>
        EventScorer.Score([.. Points.Select(point => point with { At = DateTimeOffset.UnixEpoch })], [50], []).ShouldBe(new EventScore(0, 0, 1, null, 0));

    [Fact]
    public void An_empty_series_has_nothing() => EventScorer.Score([], [], []).ShouldBe(new EventScore(0, 0, 0, null, 0));

    [Fact]
    public void A_corpus_weighs_delays_by_windows_and_rates_by_time()
    {
        var two = new EventScore(2, 1, 4, 100, 0) { WatchedSeconds = 7 * 24 * 3600 };
        var one = new EventScore(1, 0, 2, 400, 0) { WatchedSeconds = 2 * 7 * 24 * 3600 };
        var none = new EventScore(0, 3, 0, null, 0) { WatchedSeconds = 0 };
        EventScorer.Combine([two, one, none]).ShouldBe(new EventScore(3, 4, 6, 200, 2) { WatchedSeconds = 3 * 7 * 24 * 3600 });
    }

    [Fact]
    public void Alerts_hold_every_counted_anomaly_once() =>
        Prop.ForAll(RandomSeries.Series(80).ToArbitrary(), series =>
        {
            var points = RandomSeries.Points(series.Scores.Count);
            var anomalies = Enumerable.Range(0, points.Count).Where(row => series.Scores[row] >= 0.5).ToList();
            var alerts = EventScorer.Alerts(points, anomalies).ToList();
            alerts.SelectMany(alert => Enumerable.Range(alert.First, alert.Width)).ShouldBe(anomalies.Where(row => row >= NabScorer.Probation(points.Count)));
            foreach (var (before, after) in alerts.Zip(alerts.Skip(1))) (after.First - before.Last).ShouldBeGreaterThan(1);
        }).QuickCheckThrowOnFailure();
}
