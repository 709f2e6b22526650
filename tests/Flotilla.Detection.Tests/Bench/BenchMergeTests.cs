using Flotilla.Core;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;
using FsCheck;
using FsCheck.Fluent;
using static Flotilla.Detection.Tests.Bench.BenchFolder;

namespace Flotilla.Detection.Tests.Bench;

public sealed class BenchMergeTests
{
    [Fact]
    public async Task All_shards_of_a_run_in_any_order_give_the_run()
    {
        using var folder = new BenchFolder().Add("short.json", Wave(3, 1));
        for (var i = 0; i < 7; i++) folder.Add($"{i % 2}/s{i}.json", Wave(300 + 11 * i, 200 + i));
        using var elsewhere = new BenchFolder();
        var labels = Labels.Read(elsewhere.Write("labels.json", """
            { "0/s0.json": [["2014-05-13 20:10:00", "2014-05-13 20:20:00"]], "1/s1": [["2014-05-13 19:40:00", "2014-05-13 19:50:00"]], "0/s2": [] }
            """));
        // The order asked for is not the order of the names.
        var request = folder.Request(Above(50, "z"), Detectors.StdDevFromMovingAverage(), Above(70, "a")) with { Labels = labels };
        var whole = Json(await RunAsync(request));
        whole.ShouldContain("\"corpus\"");
        whole.ShouldContain("\"problems\"");
        Prop.ForAll<int>(async seed =>
        {
            var random = new Random(seed);
            var count = random.Next(1, 9);
            var parts = new List<BenchResult>();
            foreach (var index in Enumerable.Range(1, count).OrderBy(_ => random.Next()))
                parts.Add(await RunAsync(request with { Shard = new(index, count), Parallelism = 1 + random.Next(3) }));
            parts.ShouldAllBe(part => part.Corpus == null);
            Json(BenchMerge.Merge(parts)).ShouldBe(whole);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Fact]
    public void Results_of_different_series_are_joined()
    {
        var merged = BenchMerge.Merge([Of("b.json", 20, "x"), Of("a.json", 30, "x")]);
        merged.Series.Select(series => series.Path).ShouldBe(["a.json", "b.json"]);
        merged.Seconds.ShouldBe(2);
        merged.Shard.ShouldBeNull();
    }

    [Fact]
    public void An_interrupted_part_makes_an_interrupted_whole() =>
        BenchMerge.Merge([Of("a.json", 30, "x"), Of("b.json", 20, "x") with { Complete = false }]).Complete.ShouldBeFalse();

    [Fact]
    public void What_cannot_be_merged_is_told()
    {
        ProblemsOf().ShouldBe(["There are no results to merge. Name the files that \"flotilla bench DIR --save FILE\" wrote."]);
        ProblemsOf(Of("a.json", 30, "x"), Of("a.json", 30, "x")).ShouldBe(["x on a.json is in 2 of the results. Name each result once; results that overlap cannot be merged."]);
        ProblemsOf(Of("a.json", 30, "x"), Of("a.json", 31, "y")).ShouldBe(["a.json has 30 points in one result and 31 in another. Run all parts over the same files."]);
        ProblemsOf(Part(1, 3, "x"), Part(1, 3, "x"), Part(3, 3, "x")).ShouldBe([
            "Part 1/3 is there 2 times. Name each part once.",
            "Part 2/3 is missing. Run it: --shard 2/3."]);
        ProblemsOf(Part(1, 3, "x"), Part(2, 2, "x")).ShouldBe(["These are parts of different runs: one was split into 2, another into 3. Merge the parts of one run."]);
        ProblemsOf(Part(1, 2, "x"), Part(2, 2, "y")).ShouldBe(["These are parts of different runs: they were asked for different detectors. Run every part with the same --detectors."]);
        ProblemsOf(Part(1, 2, "x"), Of("a.json", 30, "x")).ShouldBe(["Some of these results are parts of a run, others are whole runs. Merge all parts of one run first, then what comes out with the rest."]);
    }

    private static IEnumerable<string> ProblemsOf(params BenchResult[] parts) =>
        Should.Throw<ProblemException>(() => BenchMerge.Merge(parts)).Problems.Select(problem => problem.ToString());

    private static BenchResult Of(string path, int points, string detector) =>
        new([new(Path.GetFileNameWithoutExtension(path), path, points, 0, [new(detector, [1], 0.5)])], 1);

    private static BenchResult Part(int index, int count, string detector) => new([], 1, Shard: new(index, count, [detector]));
}
