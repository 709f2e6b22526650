using System.Globalization;
using System.Text;
using Flotilla.Core;
using Flotilla.Detection.Scoring;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests.Scoring;

public sealed class StoredResultsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scores_are_read_for_each_detector_and_series()
    {
        Write("loud/group/loud_a.csv", "timestamp,value,anomaly_score,label\n2014-04-10 00:00:00,1,0.5,0\n2014-04-10 00:05:00,2,1e-3,1\n");
        Write("loud/group/loud_b.csv", "anomaly_score,timestamp\r\nnan,x\r\n\r\n");
        Write("calm/group/deep/calm_a.csv", "timestamp,value,anomaly_score\n");
        var detectors = StoredResults.Read(_folder.Path);
        detectors.Select(detector => detector.Name).ShouldBe(["calm", "loud"]);
        detectors[0].Scores.Keys.ShouldBe(["group/deep/a.csv"]);
        detectors[1].Scores["group/a.csv"].ShouldBe([0.5, 0.001]);
        detectors[1].Scores["group/b.csv"].ShouldBe([double.NaN]);
    }

    [Fact]
    public void Summaries_and_other_files_are_passed_over()
    {
        Write("loud/group/loud_a.csv", "anomaly_score\n1\n");
        Write("loud/loud_standard_scores.csv", "Detector,Profile\n");
        Write("loud/group/notes.csv", "x\n");
        Write("final_results.json", "{}");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));
        StoredResults.Read(_folder.Path).ShouldHaveSingleItem().Scores.Keys.ShouldBe(["group/a.csv"]);
    }

    [Fact]
    public void A_column_that_is_missing_and_a_score_that_is_none_are_problems()
    {
        Write("loud/group/loud_a.csv", "timestamp,value\n");
        Problem(() => StoredResults.Read(_folder.Path)).ShouldBe(
            "loud_a.csv(1): There is no column anomaly_score. Begin the file with its columns: timestamp,value,anomaly_score.");
        Write("loud/group/loud_a.csv", "timestamp,value,anomaly_score\nx,1,0.5\nx,1\n");
        Problem(() => StoredResults.Read(_folder.Path)).ShouldBe("loud_a.csv(3): \"\" in the column anomaly_score is not a number. Write a number for each row.");
    }

    [Fact]
    public void A_folder_without_results_is_a_problem()
    {
        Problem(() => StoredResults.Read(_folder.Path)).ShouldBe(
            $"There are no results in {_folder.Path}. Lay them out as DETECTOR/CATEGORY/DETECTOR_FILE.csv, as NAB does.");
        Problem(() => StoredResults.Read(_folder.Path + "/gone")).ShouldBe(
            $"There is no folder {_folder.Path}/gone of stored results. Give the folder that holds one folder for each detector.");
    }

    [Fact]
    public void Results_that_do_not_fit_the_series_are_problems_told_at_once()
    {
        var detector = new StoredDetector("loud", new Dictionary<string, IReadOnlyList<double>> { ["a.csv"] = [1, 2] });
        LabelledSeries[] corpus = [new(new("a", "a.csv", RandomSeries.Points(3)), []), new(new("b", "b.csv", RandomSeries.Points(3)), [])];
        Problem(() => StoredResults.Score(detector, corpus)).ShouldBe(
            "loud has 2 stored scores for a.csv, which has 3 rows. Use results that were made from this very file.\n"
            + "loud has no stored result for b.csv. Add it, or leave the series out of the folder that is scored.");
    }

    [Fact]
    public void A_score_is_fitted_and_says_so()
    {
        double[] scores = new double[100];
        (scores[40], scores[70]) = (0.7, 0.4);
        var detector = new StoredDetector("loud", new Dictionary<string, IReadOnlyList<double>> { ["a.csv"] = scores });
        var result = StoredResults.Score(detector, [new(new("a", "a.csv", RandomSeries.Points(100)), [new(40, 49)])]);
        result.Name.ShouldBe("loud");
        result.Fitted.ShouldBeTrue();
        result.Score.Nab.Standard.ShouldBe(100);
        result.Score.Events.ShouldBe(new EventScore(1, 0, 0, 0, 0) { WatchedSeconds = 84 * 60 });
        result.Score.VusPr.ShouldBe(VusPr.Of(scores, [new(40, 49)]));
    }

    [Fact]
    public void NABs_own_detector_stored_as_NAB_does_scores_as_NAB_says()
    {
        if (NabFolder.Here is not { } nab)
        {
            Assert.Skip(NabFolder.Absent);
            return;
        }
        foreach (var series in nab.Series)
        {
            var text = new StringBuilder("timestamp,value,anomaly_score\n");
            foreach (var (point, score) in series.Points.Zip(WindowedGaussian.Scores(series.Points)))
                text.Append(CultureInfo.InvariantCulture, $"{point.At:yyyy-MM-dd HH:mm:ss},{point.Value},{score}\n");
            Write($"windowedGaussian/{Path.GetDirectoryName(series.Path)}/windowedGaussian_{Path.GetFileName(series.Path)}", text.ToString());
        }
        List<LabelledSeries> corpus = [.. nab.Series.Zip(nab.Windows, (series, windows) => new LabelledSeries(series, windows))];
        var result = StoredResults.Score(StoredResults.Read(_folder.Path).ShouldHaveSingleItem(), corpus).Score;
        result.Nab.Standard!.Value.ShouldBe(50.8717, 1e-4);
        result.Nab.LowFp!.Value.ShouldBe(31.1303, 1e-4);
        result.Nab.LowFn!.Value.ShouldBe(59.0171, 1e-4);
        result.VusPr!.Value.ShouldBe(0.1712, 1e-4);
        result.AucPr!.Value.ShouldBe(0.1434, 1e-4);
        (result.Events.Found + result.Events.Missed).ShouldBe(67);
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string Problem(Action action) => Should.Throw<ProblemException>(action).Message;
}
