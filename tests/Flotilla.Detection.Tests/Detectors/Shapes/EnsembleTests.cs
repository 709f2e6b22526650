namespace Flotilla.Detection.Tests;

public sealed class EnsembleTests
{
    [Fact]
    public void The_score_is_the_mean_of_its_members_by_its_own_history()
    {
        DetectorDefinition[] members = [Detectors.Threshold(above: 2), Detectors.MedianAbsoluteDeviation()];
        var series = ShapeSeries.Noise(600).Select(value => value + 3).ToArray();
        var verdicts = Points.Run(Detectors.Ensemble(members, agree: 0), series);
        var runs = members.Select(member => Points.Run(member, series)).ToArray();

        var history = new ScoreHistory(4000, 0.5, EnsembleDetector.LeastLimit);
        for (var i = 0; i < series.Length; i++)
        {
            var mean = runs.Average(run => run[i].Score / (1 + run[i].Score));
            var expected = runs.Any(run => run[i].Score > 0) ? history.Judge(mean / (1 - mean)) : 0;
            verdicts[i].Score.ShouldBe(expected, 1e-12 * (1 + expected));
            verdicts[i].IsAnomaly.ShouldBe(verdicts[i].Score > 1);
        }
    }

    [Fact]
    public void What_too_few_members_call_anomalous_is_held_back_and_keeps_its_score()
    {
        DetectorDefinition[] members = [Detectors.Threshold(above: 1), Detectors.Threshold(above: 50)];
        double[] series = [.. Enumerable.Repeat(0.5, 100), 20];
        var one = Points.Run(Detectors.Ensemble(members, agree: 1), series)[^1];
        var two = Points.Run(Detectors.Ensemble(members, agree: 2), series)[^1];
        one.IsAnomaly.ShouldBeTrue();
        two.ShouldBe(one with { IsAnomaly = false });
    }

    [Fact]
    public void An_ensemble_needs_members_and_cannot_ask_for_more_than_it_has()
    {
        Should.Throw<ArgumentException>(() => Detectors.Ensemble([])).Message.ShouldContain("Give one detector or more.");
        Should.Throw<Flotilla.Core.ProblemException>(() => Detectors.Ensemble([Detectors.Threshold(above: 1)], agree: 2))
            .Message.ShouldContain("The setting agree of the detector ensemble cannot be 2.");
    }
}
