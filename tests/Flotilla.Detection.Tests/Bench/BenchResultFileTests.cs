using Flotilla.Core;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests.Bench;

public sealed class BenchResultFileTests
{
    private static readonly Score Scored = new(new(61.5, 50.25, 70, [1.5, 1.25, 2], 2), 0.25, null, new(1, 1, 3, 90, 0.5));

    [Fact]
    public void The_json_is_the_documented_one()
    {
        using var folder = new TemporaryFolder();
        BenchResultFile.Write(folder.File("out", "r.json"), new(
            [new("ts1", "sub/ts1.json", 3, 1, [new("grubbs", [0, 2], 0.25, [1.5, null, 2], Scored), new("mad", [], 0.5, Error: "threw")], [new(0, 1)])],
            1.5, false, [new("grubbs", Scored, true)], ["x.json has no points."], new(1, 2, ["grubbs", "mad"])));
        var score = """{"nab":{"standard":61.5,"low_fp":50.25,"low_fn":70,"raw":[1.5,1.25,2],"windows":2},"vus_pr":0.25,"events":{"found":1,"missed":1,"false":3,"mean_delay_seconds":90,"false_per_week":0.5,"watched_seconds":0},"labelled_series":0}""";
        Directory.GetFiles(folder.File("out")).ShouldHaveSingleItem();
        File.ReadAllText(folder.File("out", "r.json")).Replace(score, "SCORE").ShouldBe(
            """{"series":[{"name":"ts1","path":"sub/ts1.json","points":3,"missing":1,"detectors":[{"name":"grubbs","anomalies":[0,2],"seconds":0.25,"scores":[1.5,null,2],"score":SCORE},{"name":"mad","anomalies":[],"seconds":0.5,"error":"threw"}],"labels":[{"first":0,"last":1}]}],"""
            + """ "seconds":1.5,"complete":false,"corpus":[{"name":"grubbs","score":SCORE,"fitted":true}],"problems":["x.json has no points."],"shard":{"index":1,"count":2,"detectors":["grubbs","mad"]}}""".TrimStart());
    }

    [Fact]
    public void What_was_written_is_read()
    {
        using var folder = new TemporaryFolder();
        BenchResult[] results =
        [
            new([], 0),
            new([new("ts1", "ts1.json", 3, 1, [new("grubbs", [0, 2], 0.25, [1.5, null, 2], Scored)], [new(0, 1)])], 1.5, false, [new("grubbs", Scored)], ["p"], new(1, 2, ["grubbs"])),
        ];
        foreach (var result in results)
        {
            BenchResultFile.Write(folder.File("r.json"), result);
            var first = File.ReadAllText(folder.File("r.json"));
            BenchResultFile.Write(folder.File("r.json"), BenchResultFile.Read(folder.File("r.json")));
            File.ReadAllText(folder.File("r.json")).ShouldBe(first);
        }
    }

    [Theory]
    [InlineData("", "r.json(1): This is not the result of a bench run.")]
    [InlineData("[]", "r.json(1): This is not the result of a bench run.")]
    [InlineData("{}", "r.json: This is not the result of a bench run. It has no \"series\".")]
    [InlineData("{\"series\":\n[{}]}", "r.json: This is not the result of a bench run. A series lacks its \"name\", \"path\" or \"detectors\".")]
    [InlineData("{\"series\":\nfalse}", "r.json(2): This is not the result of a bench run.")]
    public void What_is_no_result_is_told(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        Should.Throw<ProblemException>(() => BenchResultFile.Read(folder.Write("r.json", text))).Message.ShouldStartWith(expected);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() =>
        Should.Throw<ProblemException>(() => BenchResultFile.Read("no/such.json")).Message.ShouldBe("There is no file no/such.json. Write one: \"flotilla bench DIR --save FILE\".");
}
