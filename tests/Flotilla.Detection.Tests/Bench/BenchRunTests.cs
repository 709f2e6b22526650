using System.Globalization;
using Flotilla.Core;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;
using static Flotilla.Detection.Tests.Bench.BenchFolder;

namespace Flotilla.Detection.Tests.Bench;

public sealed class BenchRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Verdicts_are_those_of_a_replay()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(200, 150)).Add("deep/b.json", Wave(300, 20));
        var detector = Detectors.StdDevFromMovingAverage();
        var result = await folder.RunAsync(detector, Above(50));
        result.Complete.ShouldBeTrue();
        result.Problems.ShouldBeNull();
        result.Corpus.ShouldBeNull();
        result.Series.Select(series => (series.Name, series.Path, series.Points, series.Missing)).ShouldBe([("a", "a.json", 200, 0), ("b", "deep/b.json", 300, 0)]);
        foreach (var (series, file) in result.Series.Zip(folder.Request().Files))
        {
            var fresh = detector.Create();
            var expected = file.Load(new()).Points.Select((point, at) => (at, fresh.Observe(point).IsAnomaly)).Where(each => each.IsAnomaly).Select(each => each.at);
            series.Detectors.Select(each => each.Name).ShouldBe([detector.Name, "above"]);
            series.Detectors[0].Anomalies.ShouldBe(expected);
            series.Detectors[0].Anomalies.ShouldNotBeEmpty();
        }
        result.Series[0].Detectors[1].Anomalies.ShouldBe([150]);
    }

    [Fact]
    public async Task The_result_does_not_depend_on_the_number_of_threads_nor_on_streaming()
    {
        using var folder = new BenchFolder();
        for (var i = 0; i < 12; i++) folder.Add($"{i % 3}/s{i}.json", Wave(60 + 17 * i, 40 + i));
        var request = folder.Request(Detectors.StdDevFromMovingAverage(), Detectors.MedianAbsoluteDeviation(), Above(50));
        var one = Json(await RunAsync(request with { Parallelism = 1 }));
        foreach (var threads in new[] { 2, 3, 16 }) Json(await RunAsync(request with { Parallelism = threads })).ShouldBe(one);
        Json(await RunAsync(request with { StreamOver = 0 })).ShouldBe(one);
    }

    [Fact]
    public async Task A_detector_that_throws_is_reported_and_the_others_go_on()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(40, 12)).Add("b.json", Wave(40, 30));
        var result = await RunAsync(folder.Request(
            new DetectorDefinition("breaks", () => new ThrowingAfter(17)), Above(50)) with { Parallelism = 1 });
        result.Complete.ShouldBeTrue();
        foreach (var series in result.Series)
        {
            series.Detectors[0].Error.ShouldBe("threw InvalidOperationException at point 17 (2014-05-13T17:10:20Z): I have seen enough.");
            series.Detectors[1].Error.ShouldBeNull();
            series.Detectors[1].Anomalies.Count.ShouldBe(1);
        }
        result.Series[0].Detectors[0].Anomalies.ShouldBe([12]);
        result.Series[1].Detectors[0].Anomalies.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_detector_that_cannot_be_made_is_reported()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(40, 12));
        var result = await folder.RunAsync(new DetectorDefinition("unmade", () => throw new ArgumentException("No.")), Above(50));
        result.Series[0].Detectors[0].Error.ShouldBe("threw ArgumentException when it was made: No.");
        result.Series[0].Detectors[1].Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_detector_that_never_returns_is_reported_and_the_others_go_on()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(40, 12)).Add("b.json", Wave(30, 12));
        using var release = new ManualResetEventSlim();
        var stuck = Doing("stuck", point =>
        {
            if (point.At.ToUnixTimeSeconds() == Start + 60 * 20) release.Wait();
            return Verdict.FromScore(point.Value / 50);
        });
        try
        {
            var result = await RunAsync(folder.Request(stuck, Above(50)) with { Parallelism = 1, PointTimeout = Patience, KeepScores = true });
            result.Complete.ShouldBeTrue();
            foreach (var series in result.Series)
            {
                series.Detectors[0].Error.ShouldBe("did not return at point 20 (2014-05-13T17:13:20Z) within 1 s");
                series.Detectors[0].Anomalies.ShouldBe([12]);
                series.Detectors[0].Scores!.Count.ShouldBe(series.Points);
                series.Detectors[1].Error.ShouldBeNull();
            }
        }
        finally
        {
            release.Set();
        }
    }

    [Fact]
    public async Task A_detector_that_never_returns_on_three_series_is_not_tried_on_the_others()
    {
        using var folder = new BenchFolder();
        for (var i = 0; i < 5; i++) folder.Add($"s{i}.json", Wave(40 - i, 12));
        using var release = new ManualResetEventSlim();
        var stuck = Doing("stuck", _ =>
        {
            release.Wait();
            return default;
        });
        try
        {
            var result = await RunAsync(folder.Request(stuck, Above(50)) with { Parallelism = 1, PointTimeout = Patience });
            result.Series.Count(series => series.Detectors[0].Error!.StartsWith("did not return", StringComparison.Ordinal)).ShouldBe(3);
            result.Series.Count(series => series.Detectors[0].Error == "was not tried: it did not return on 3 other series").ShouldBe(2);
            result.Series.ShouldAllBe(series => series.Detectors[1].Anomalies.Count == 1);
        }
        finally
        {
            release.Set();
        }
    }

    [Fact]
    public async Task A_missing_value_is_counted_and_does_not_reach_the_detector()
    {
        using var folder = new BenchFolder().Add("a.json", [null, .. Wave(20, 11), null]);
        var result = await RunAsync(folder.Request(Doing("strict", point => double.IsNaN(point.Value) ? throw new InvalidOperationException() : new Verdict(false, 0.5))) with { KeepScores = true });
        result.Series[0].Missing.ShouldBe(2);
        result.Series[0].Points.ShouldBe(22);
        result.Series[0].Detectors[0].Error.ShouldBeNull();
        result.Series[0].Detectors[0].Scores.ShouldBe([null, .. Enumerable.Repeat((double?)0.5, 20), null]);
    }

    [Fact]
    public async Task Scores_that_are_none_are_put_right()
    {
        using var folder = new BenchFolder().Add("a.json", [.. Enumerable.Range(0, 12).Select(at => (double?)at)]);
        double[] given = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -1, 2];
        var result = await RunAsync(folder.Request(Doing("odd", point => new(false, given[(int)point.Value % 5]))) with { KeepScores = true });
        result.Series[0].Detectors[0].Scores!.Take(5).ShouldBe([0, double.MaxValue, 0, 0, 2]);
        Should.NotThrow(() => Json(result));
    }

    [Fact]
    public async Task Series_that_cannot_be_judged_are_problems_and_the_others_go_on()
    {
        using var folder = new BenchFolder()
            .Add("good.json", Wave(40, 12))
            .Add("short.json", Wave(7, 3))
            .Add("sparse.json", [.. Wave(9, 3), null, null])
            .Add("exact.json", Wave(10, 3));
        folder.Write("sub/broken.json", "[[1400000000, 1],\n[1400000060, oops]]");
        var result = await folder.RunAsync(Above(50));
        result.Complete.ShouldBeTrue();
        result.Series.Select(series => series.Name).ShouldBe(["exact", "good"]);
        result.Problems!.Count.ShouldBe(3);
        result.Problems[0].ShouldBe("short.json has 7 points; detectors judge from the 10th.");
        result.Problems[1].ShouldBe("sparse.json has 11 points, and only 9 have a value; detectors judge from the 10th.");
        result.Problems[2].ShouldStartWith("sub/broken.json");
    }

    [Fact]
    public async Task Interrupted_it_gives_what_is_done()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(40, 12)).Add("b.json", Wave(30, 12)).Add("c.json", Wave(20, 12));
        using var interruption = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        var series = 0;
        var stuck = Doing("stuck", point =>
        {
            // One thread: the longest series comes first, and is done when the second begins.
            if (point.At.ToUnixTimeSeconds() == Start && ++series == 2)
            {
                interruption.Cancel();
                release.Wait();
            }
            return default;
        });
        try
        {
            var result = await BenchRun.RunAsync(folder.Request(Above(50), stuck) with { Parallelism = 1 }, null, interruption.Token);
            result.Complete.ShouldBeFalse();
            result.Corpus.ShouldBeNull();
            result.Series.Select(each => (each.Name, string.Join(' ', each.Detectors.Select(detector => detector.Name)))).ShouldBe([("a", "above stuck"), ("b", "above")]);
            result.Series[1].Detectors[0].Anomalies.ShouldBe([12]);
        }
        finally
        {
            release.Set();
        }
    }

    [Fact]
    public async Task Progress_ends_with_all()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(40, 12)).Add("b.json", Wave(30, 12));
        var told = new Telling();
        await BenchRun.RunAsync(folder.Request(Above(50)) with { Parallelism = 1 }, told, TestContext.Current.CancellationToken);
        var last = await told.Last.Task.WaitAsync(TestContext.Current.CancellationToken);
        last.ShouldBe(new(2, 2, 1));
    }

    [Fact]
    public async Task With_labels_there_are_scores_and_those_of_the_corpus()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(400, 200)).Add("b.json", Wave(300, 200)).Add("c.json", Wave(300, 100));
        using var elsewhere = new BenchFolder();
        var labels = Labels.Read(elsewhere.Write("labels.json", $$"""
            { "a.json": [["{{Time(190)}}", "{{Time(210)}}"]], "b.json": [["{{Time(250)}}", "{{Time(260)}}"]], "c.json": [] }
            """));
        var result = await RunAsync(folder.Request(Above(50)) with { Labels = labels });
        result.Series.Select(series => string.Join(' ', series.Labels!)).ShouldBe(
            [$"{new LabelWindow(190, 210)}", $"{new LabelWindow(250, 260)}", ""]);
        result.Series.Select(series => series.Detectors[0].Score!.Events).Select(events => (events.Found, events.Missed, events.False)).ShouldBe([(1, 0, 0), (0, 1, 1), (0, 0, 1)]);
        result.Corpus.ShouldHaveSingleItem().Name.ShouldBe("above");
        result.Corpus[0].Score.Events.ShouldSatisfyAllConditions(events => events.Found.ShouldBe(1), events => events.Missed.ShouldBe(1), events => events.False.ShouldBe(2));
        result.Series[0].Detectors[0].Scores.ShouldBeNull("they were not asked for");
    }

    [Fact]
    public async Task A_label_outside_the_series_is_a_problem_and_leaves_the_verdicts()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(40, 12)).Add("b.json", Wave(40, 12));
        using var elsewhere = new BenchFolder();
        var labels = Labels.Read(elsewhere.Write("labels.json", $$"""{ "a.json": [["{{Time(1000)}}", "{{Time(1010)}}"]], "b.json": [] }"""));
        var result = await RunAsync(folder.Request(Above(50)) with { Labels = labels });
        result.Problems.ShouldHaveSingleItem().ShouldContain("holds no row of a.json");
        result.Series[0].Labels.ShouldBeNull();
        result.Series[0].Detectors[0].Score.ShouldBeNull();
        result.Series[0].Detectors[0].Anomalies.ShouldBe([12]);
        result.Series[1].Detectors[0].Score.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_file_too_large_for_memory_is_judged_and_not_scored()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(40, 12));
        using var elsewhere = new BenchFolder();
        var labels = Labels.Read(elsewhere.Write("labels.json", """{ "a.json": [] }"""));
        var result = await RunAsync(folder.Request(Above(50)) with { Labels = labels, StreamOver = 100 });
        result.Problems.ShouldHaveSingleItem().ShouldBe("a.json is too large to be scored (0 MiB); its verdicts are in the result, its scores are not.");
        result.Series[0].Detectors[0].Anomalies.ShouldBe([12]);
        result.Series[0].Detectors[0].Score.ShouldBeNull();
        result.Corpus.ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_to_run_is_a_problem()
    {
        using var folder = new BenchFolder().Add("a.json", Wave(40, 12));
        (await Should.ThrowAsync<ProblemException>(folder.RunAsync())).Message.ShouldBe("There are no detectors to run. Name some: --detectors crucible.");
        (await Should.ThrowAsync<ProblemException>(folder.RunAsync(Above(1), Above(2)))).Message.ShouldStartWith("Two detectors are called above");
        (await Should.ThrowAsync<ProblemException>(RunAsync(new([], [Above(1)])))).Message.ShouldStartWith("There are no series to run.");
    }

    private static string Time(int row) => DateTimeOffset.FromUnixTimeSeconds(Start + 60 * row).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private sealed class ThrowingAfter(int points) : IDetector
    {
        private int _seen;

        public Verdict Observe(Point point) =>
            _seen++ < points ? Verdict.FromScore(point.Value / 50) : throw new InvalidOperationException("I have seen enough.");
    }

    private sealed class Telling : IProgress<BenchProgress>
    {
        public TaskCompletionSource<BenchProgress> Last { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Report(BenchProgress value)
        {
            if (value.Done == value.Total) Last.TrySetResult(value);
        }
    }
}
