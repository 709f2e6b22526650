using System.Text.Json;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Scoring;

/// <summary>The scores of detectors that NAB stores, against what its own code made of them on the same files.</summary>
public sealed class BaselineTests
{
    private const double NeverInNab = 1.1;

    [Fact]
    public void Windowed_gaussian_scores_as_NAB_says() => Equals("windowedGaussian", WindowedGaussian.Scores);

    [Fact]
    public void A_constant_score_scores_as_NAB_says() => Equals("null", points => [.. points.Select(_ => 0.5)]);

    private static void Equals(string detector, Func<IReadOnlyList<Point>, double[]> scoresOf)
    {
        if (NabFolder.Here is not { } nab)
        {
            Assert.Skip(NabFolder.Absent);
            return;
        }
        var corpus = nab.Series.Zip(nab.Windows, (series, windows) => new ScoredSeries(scoresOf(series.Points), windows)).ToList();
        var fit = NabScorer.Fit(corpus);
        var expected = nab.Baselines.GetProperty(detector);
        foreach (var threshold in fit.Thresholds)
        {
            var profile = expected.GetProperty("nab").GetProperty(threshold.Profile.Name);
            var name = threshold.Profile.Name;
            (threshold.Threshold ?? NeverInNab).ShouldBe(Number(profile, "threshold"), name);
            threshold.Raw.ShouldBe(Number(profile, "raw"), 1e-6, name);
            threshold.TruePositives.ShouldBe((int)Number(profile, "TP"), name);
            threshold.FalsePositives.ShouldBe((int)Number(profile, "FP"), name);
        }
        fit.Scores.Windows.ShouldBe(67);
        double?[] normalized = [fit.Scores.Standard, fit.Scores.LowFp, fit.Scores.LowFn];
        foreach (var (profile, score) in NabProfile.All.Zip(normalized))
            score!.Value.ShouldBe(Number(expected.GetProperty("nab").GetProperty(profile.Name), "normalized"), 0.5e-4 + 1e-9, profile.Name);

        var labelled = corpus.Where(series => series.Windows.Count > 0).ToList();
        labelled.Count.ShouldBe(29);
        var means = expected.GetProperty("mean_over_29_files");
        labelled.Average(series => AveragePrecision.Of(series.Scores, series.Windows)!.Value).ShouldBe(Number(means, "AUC-PR"), 0.5e-4 + 1e-9);
        labelled.Average(series => VusPr.Of(series.Scores, series.Windows)!.Value).ShouldBe(Number(means, "VUS-PR"), 0.5e-4 + 1e-9);
    }

    private static double Number(JsonElement of, string name) => of.GetProperty(name).GetDouble();
}
