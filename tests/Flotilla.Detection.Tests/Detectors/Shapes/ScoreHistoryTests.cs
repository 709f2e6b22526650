namespace Flotilla.Detection.Tests;

public sealed class ScoreHistoryTests
{
    [Fact]
    public void The_limit_lies_above_the_quantile_of_the_last_scores()
    {
        var history = new ScoreHistory(500, margin: 2, floor: 0.01);
        var values = ShapeSeries.Noise(1200).Select(Math.Abs).ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var before = values[Math.Max(0, i - 500)..i].Order().ToArray();
            var score = history.Judge(values[i]);
            if (i < ScoreHistory.WarmUp)
            {
                score.ShouldBe(0);
                continue;
            }
            var high = before[(int)Math.Ceiling(0.99 * (before.Length - 1))];
            score.ShouldBe(values[i] / (high + 2 * (high - before[(before.Length - 1) / 2])));
        }
    }

    [Fact]
    public void The_limit_is_never_under_the_floor()
    {
        var history = new ScoreHistory(100, margin: 1, floor: 2);
        for (var i = 0; i < 200; i++) history.Judge(0);
        history.Limit.ShouldBe(2);
        history.Judge(1).ShouldBe(0.5);
    }

    [Fact]
    public void A_lasting_change_is_reported_and_then_learnt()
    {
        var history = new ScoreHistory(1000, margin: 1, floor: 0.1);
        foreach (var raw in ShapeSeries.Noise(1000)) history.Judge(Math.Abs(raw));
        Enumerable.Range(0, 200).Count(_ => history.Judge(50) > 1).ShouldBeInRange(5, 20);
        history.Judge(50).ShouldBeLessThan(1);
    }
}
