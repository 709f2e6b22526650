using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flotilla.EndToEnd;

/// <summary><c>flotilla bench</c> and the commands below it, as a user runs them.</summary>
public sealed class BenchTests : IDisposable
{
    private readonly BenchSeries _folder = new();

    [Fact]
    public async Task Its_json_has_the_documented_shape()
    {
        _folder.Wave("series/ts1.json", 200, 150).Wave("series/deep/ts2.json", 120, 60);
        var (exitCode, output, error) = await _folder.RunAsync("series", "--detectors", "crucible", "--output", "json");
        exitCode.ShouldBe(0, error);
        error.ShouldBeEmpty();
        var result = JsonNode.Parse(output)!;
        result["seconds"]!.GetValue<double>().ShouldBeGreaterThan(0);
        result["series"]!.AsArray().Select(series => (string)series!["name"]!).ShouldBe(["ts2", "ts1"]);
        var series = result["series"]![1]!;
        ((int)series["points"]!).ShouldBe(200);
        series["detectors"]!.AsArray().Select(detector => (string)detector!["name"]!).ShouldContain("median_absolute_deviation");
        var mad = series["detectors"]!.AsArray().Single(detector => (string)detector!["name"]! == "median_absolute_deviation")!;
        mad["anomalies"]!.AsArray().Select(position => (int)position!).ShouldBe([150]);
        mad["seconds"]!.GetValueKind().ShouldBe(JsonValueKind.Number);
        mad["scores"].ShouldBeNull();
        mad["score"].ShouldBeNull();
    }

    [Fact]
    public async Task Labels_scores_and_pictures_come_when_asked_for()
    {
        _folder.Wave("series/ts1.json", 400, 250).Wave("series/ts2.json", 400, 300);
        _folder.Write("labels.json", """{"ts1.json": [["2014-05-13 20:50:00", "2014-05-13 21:20:00"]], "ts2.json": [], "ts3.json": [["2014-05-13 20:50:00", "2014-05-13 21:20:00"]]}""");
        var (exitCode, output, error) = await _folder.RunAsync("series", "--detectors", "median_absolute_deviation", "--labels", "labels.json", "--scores", "--report", "out/bench.html", "--output", "json");
        exitCode.ShouldBe(0, error);
        error.ShouldContain("note: labels.json: the label of ts3.json, which is not in the folder, does not count.");
        var detector = JsonNode.Parse(output)!["series"]![0]!["detectors"]![0]!;
        detector["scores"]!.AsArray().Count.ShouldBe(400);
        foreach (var profile in new[] { "standard", "low_fp", "low_fn" }) detector["score"]!["nab"]![profile]!.GetValueKind().ShouldBe(JsonValueKind.Number);
        ((int)detector["score"]!["events"]!["found"]!).ShouldBe(1);
        detector["score"]!["vus_pr"]!.GetValue<double>().ShouldBeInRange(0, 1);
        var corpus = JsonNode.Parse(output)!["corpus"]![0]!;
        ((string)corpus["name"]!).ShouldBe("median_absolute_deviation");
        ((int)corpus["score"]!["events"]!["false"]!).ShouldBe(1);
        (await File.ReadAllTextAsync(_folder.File("out", "bench.html"))).ShouldContain("<!doctype html>");

        var (_, table, next) = await _folder.RunAsync("series", "--detectors", "median_absolute_deviation,grubbs", "--labels", "labels.json");
        table.ShouldStartWith("2 series, 800 points, 2 detectors: ");
        table.ShouldContain("Worst series of ");
        next.ShouldContain("Look at it: add --report bench.html.");
    }

    [Fact]
    public async Task A_series_shorter_than_the_warm_up_of_a_detector_is_noted()
    {
        _folder.Wave("series/short.json", 100, 50);
        var (exitCode, _, error) = await _folder.RunAsync("series", "--detectors", "novelty,grubbs");
        exitCode.ShouldBe(0, error);
        error.ShouldContain("note: short.json has 100 points; novelty judges from point 131 on.");
    }

    [Fact]
    public async Task Labels_may_stand_among_the_series()
    {
        _folder.Wave("series/ts1.json", 400, 250);
        _folder.Write("series/windows.json", """{"ts1.json": [["2014-05-13 20:50:00", "2014-05-13 21:20:00"]]}""");
        var (exitCode, output, error) = await _folder.RunAsync("series", "--detectors", "grubbs", "--labels", "series/windows.json");
        exitCode.ShouldBe(0, error);
        output.ShouldStartWith("1 series, 400 points, 1 detector: ");
    }

    [Fact]
    public async Task A_series_that_is_wrong_is_told_and_the_rest_is_done()
    {
        _folder.Wave("series/good.json", 60, 40).Wave("series/short.json", 7);
        _folder.Write("series/words.txt", "These are words.");
        _folder.Write("series/missing.csv", "timestamp,value\n" + string.Concat(Enumerable.Range(10, 20).Select(day => $"2014-05-{day} 00:00:00,NaN\n")));
        _folder.Write("series/infinite.csv", "timestamp,value\n2014-05-10 00:00:00,1\n2014-05-11 00:00:00,inf\n");
        _folder.Write("series/milliseconds.json", "[[1400000000000, 1], [1400000060000, 2]]");
        var (exitCode, output, error) = await _folder.RunAsync("series", "--detectors", "median_absolute_deviation");
        exitCode.ShouldBe(2);
        output.ShouldStartWith("1 series, 60 points, 1 detector: ");
        error.ShouldContain("error: short.json has 7 points; detectors judge from the 10th.\n");
        error.ShouldContain("error: words.txt");
        error.ShouldContain("error: missing.csv");
        error.ShouldContain("error: infinite.csv(3): ");
        error.ShouldContain("error: milliseconds.json(1): ");
        error.ShouldContain("milliseconds");
    }

    [Theory]
    [InlineData("empty", "error: There is no series in the folder empty.")]
    [InlineData("nowhere", "error: There is no folder nowhere.")]
    [InlineData("twice", "error: 2 files have the series name \"a\": a.json and b/a.csv.")]
    public async Task A_folder_that_is_wrong_is_told(string folder, string message)
    {
        Directory.CreateDirectory(_folder.File("empty"));
        _folder.Wave("twice/a.json", 20);
        _folder.Write("twice/b/a.csv", "");
        var (exitCode, output, error) = await _folder.RunAsync(folder);
        exitCode.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldStartWith(message);
    }

    [Theory]
    [InlineData("error: Which series?\n  fix: Name the folder that holds them: \"flotilla bench DIR\".\n")]
    [InlineData("error: There is no detector \"grubs\".\n  fix: Did you mean \"grubbs\"? Run \"flotilla bench detectors\" for the list.\n", "series", "--detectors", "grubs")]
    [InlineData("error: \"5/4\" is not a part of a run.\n  fix: Write the part and how many there are, such as 1/4 to 4/4.\n", "series", "--shard", "5/4")]
    [InlineData("error: --parallel is how many threads work: at least 1.\n", "series", "--parallel", "0")]
    [InlineData("error: --point-timeout is a number of seconds over 0.\n", "series", "--point-timeout", "0")]
    [InlineData("error: Stored results have scores and no verdicts; without labels there is nothing to say about them.\n  fix: Add --labels FILE.\n", "series", "--stored-results", "x")]
    [InlineData("error: A sweep chooses by labels, and there are none.\n  fix: Add --labels FILE.\n", "sweep", "series")]
    [InlineData("error: There is no objective \"vus\".\n  fix: There are: nab_standard, vus_pr, auc_pr, event_f1.\n", "sweep", "series", "--labels", "x", "--objective", "vus")]
    [InlineData("error: There is no file MyDetector.cs.\n  fix: Name a C# file with a public class that implements IDetector.\n", "series", "--with", "MyDetector.cs")]
    [InlineData("error: There is no file before.json.\n  fix: Write one: \"flotilla bench DIR --save FILE\".\n", "compare", "before.json", "after.json")]
    public async Task Wrong_use_is_told(string message, params string[] arguments)
    {
        var (exitCode, output, error) = await _folder.RunAsync(arguments);
        exitCode.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldStartWith(message);
    }

    [Fact]
    public async Task A_label_outside_the_series_is_told()
    {
        _folder.Wave("series/a.json", 60, 40);
        _folder.Write("labels.json", """{"a.json": [["2010-01-01 00:00:00", "2010-01-02 00:00:00"]]}""");
        var (exitCode, _, error) = await _folder.RunAsync("series", "--detectors", "grubbs", "--labels", "labels.json");
        exitCode.ShouldBe(2);
        error.ShouldContain("error: labels.json(1): The label 2010-01-01 00:00:00 to 2010-01-02 00:00:00 holds no row of a.json. The series runs from 2014-05-13 16:53:20 to 2014-05-13 17:52:20.");
    }

    [Fact]
    public async Task A_folder_named_like_a_command_is_benched_by_its_path()
    {
        _folder.Wave("grab/a.json", 60, 40);
        var (exitCode, output, error) = await _folder.RunAsync("./grab", "--detectors", "grubbs");
        exitCode.ShouldBe(0, error);
        output.ShouldStartWith("1 series, 60 points, 1 detector: ");
    }

    [Fact]
    public async Task Parts_are_merged_to_the_whole()
    {
        for (var i = 0; i < 5; i++) _folder.Wave($"series/s{i}.json", 100 + i, 50 + i);
        (await _folder.RunAsync("series", "--detectors", "crucible", "--save", "whole.json")).ExitCode.ShouldBe(0);
        (await _folder.RunAsync("series", "--detectors", "crucible", "--shard", "1/2", "--save", "1.json")).ExitCode.ShouldBe(0);
        var (missing, _, why) = await _folder.RunAsync("merge", "1.json");
        missing.ShouldBe(2);
        why.ShouldBe("error: Part 2/2 is missing.\n  fix: Run it: --shard 2/2.\n");
        (await _folder.RunAsync("series", "--detectors", "crucible", "--shard", "2/2", "--save", "2.json")).ExitCode.ShouldBe(0);
        (await _folder.RunAsync("merge", "2.json", "1.json", "--save", "merged.json")).ExitCode.ShouldBe(0);
        Timeless("merged.json").ShouldBe(Timeless("whole.json"));
        (await _folder.RunAsync("compare", "whole.json", "merged.json", "--strict")).Output.ShouldContain("Nothing changed.");
    }

    [Fact]
    public async Task A_regression_is_exit_1()
    {
        _folder.Wave("series/a.json", 400, 250).Wave("quiet/a.json", 400);
        _folder.Write("labels.json", """{"a.json": [["2014-05-13 20:50:00", "2014-05-13 21:20:00"]]}""");
        await _folder.RunAsync("series", "--detectors", "grubbs", "--labels", "labels.json", "--save", "before.json");
        await _folder.RunAsync("quiet", "--detectors", "grubbs", "--labels", "labels.json", "--save", "after.json");
        var (worse, output, _) = await _folder.RunAsync("compare", "before.json", "after.json");
        worse.ShouldBe(1);
        output.ShouldContain("worse: grubbs: 1 labelled anomalies are missed, before 0.");
        output.ShouldContain("a.json  grubbs: 3 gone (at 250, 251, 252)");
        (await _folder.RunAsync("compare", "after.json", "before.json")).ExitCode.ShouldBe(0);
        (await _folder.RunAsync("compare", "after.json", "before.json", "--strict")).ExitCode.ShouldBe(1);
        var json = JsonNode.Parse((await _folder.RunAsync("compare", "before.json", "after.json", "--output", "json")).Output)!;
        json["regressions"]!.AsArray().Count.ShouldBeGreaterThan(0);
        json["changes"]![0]!["lost"]!.AsArray().Select(position => (int)position!).ShouldBe([250, 251, 252]);
    }

    [Fact]
    public async Task Settings_that_a_sweep_froze_are_used()
    {
        for (var i = 0; i < 4; i++) _folder.Wave($"series/s{i}.json", 400, 250 + i);
        _folder.Write("labels.json", $$"""{ {{string.Join(", ", Enumerable.Range(0, 4).Select(i => $$""" "s{{i}}.json": [["2014-05-13 20:50:00", "2014-05-13 21:20:00"]] """))}} }""");
        var (exitCode, output, error) = await _folder.RunAsync("sweep", "series", "--labels", "labels.json", "--detectors", "median_absolute_deviation", "--test-share", "none", "--save", "settings.json");
        exitCode.ShouldBe(0, error);
        output.ShouldContain("No series were kept for the test: these scores flatter.");
        (await File.ReadAllTextAsync(_folder.File("settings.json"))).ShouldContain("\"median_absolute_deviation\"");
        (await _folder.RunAsync("series", "--labels", "labels.json", "--detectors", "median_absolute_deviation", "--detector-settings", "settings.json")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Every_detector_is_listed_with_its_facts()
    {
        var (exitCode, output, _) = await _folder.RunAsync("detectors", "--output", "json");
        exitCode.ShouldBe(0);
        var detectors = JsonNode.Parse(output)!["detectors"]!.AsArray();
        detectors.Count.ShouldBeGreaterThan(8);
        foreach (var detector in detectors)
            foreach (var fact in new[] { "name", "summary", "cost", "memory", "source" })
                ((string?)detector![fact]).ShouldNotBeNullOrEmpty($"{detector["name"]} says nothing of its {fact}");
    }

    private string Timeless(string file)
    {
        var result = JsonNode.Parse(File.ReadAllText(_folder.File(file)))!;
        result["seconds"] = 0;
        foreach (var series in result["series"]!.AsArray())
            foreach (var detector in series!["detectors"]!.AsArray())
                detector!["seconds"] = 0;
        return result.ToJsonString();
    }

    public void Dispose() => _folder.Dispose();
}
