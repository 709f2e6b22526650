using Flotilla.Detection.Reports;
using Flotilla.Detection.Scoring;
using FsCheck;
using FsCheck.Fluent;
using static Flotilla.Detection.Tests.Reports.ReportSamples;

namespace Flotilla.Detection.Tests.Reports;

public sealed class AlertsTests
{
    [Fact]
    public void Counts_are_those_of_the_scorer() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var count = random.Next(10, 300);
        var series = Of("a.csv", Enumerable.Range(0, count).Select(_ => random.Next(10) == 0 ? double.NaN : 1));
        int[] anomalies = [.. Enumerable.Range(0, count).Where(i => !double.IsNaN(series.Points[i].Value) && random.Next(4) == 0)];
        var windows = new List<LabelWindow>();
        for (var from = random.Next(count); from < count; from += random.Next(1, 100))
        {
            var to = Math.Min(count - 1, from + random.Next(20));
            windows.Add(new(from, to));
            from = to + 1;
        }
        var alerts = new Alerts(Judged(series, windows), Said("d", anomalies), series.Points);
        var score = EventScorer.Score(series.Points, anomalies, windows);
        (alerts.Missed, alerts.False, alerts.Firsts.Count(first => first is not null)).ShouldBe((score.Missed, score.False, score.Found));
        alerts.All.SelectMany(alert => anomalies.Where(position => position >= alert.First && position <= alert.Last)).ShouldBe(anomalies);
    }).QuickCheckThrowOnFailure();
}
