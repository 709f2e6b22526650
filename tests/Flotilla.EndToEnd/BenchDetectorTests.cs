using System.Text.Json.Nodes;
using Flotilla.Core;
using Flotilla.Detection;
using Flotilla.Programs;

namespace Flotilla.EndToEnd;

/// <summary>Detectors of a user's own: <c>flotilla bench --with FILE</c>.</summary>
public sealed class BenchDetectorTests : IDisposable
{
    private readonly BenchSeries _folder = new();

    [Fact]
    public async Task A_class_in_a_file_is_a_detector_with_its_parameters_as_settings()
    {
        _folder.Wave("series/a.json", 60, 40);
        var file = _folder.Write("HighWaterDetector.cs", """
            public sealed class HighWaterDetector(double limit = 50, int warmUp = 3) : IDetector
            {
                private int _seen;
                public Verdict Observe(Point point) => ++_seen > warmUp ? Verdict.FromScore(point.Value / limit) : default;
            }
            public static class Mine
            {
                public static DetectorDefinition Low { get; } = Detectors.Threshold(below: -0.99) with { Name = "low" };
            }
            """);
        var definitions = await DetectorFile.LoadAsync(file, TestContext.Current.CancellationToken);
        definitions.Select(definition => definition.Name).ShouldBe(["high_water", "low"]);
        definitions[0].Settings.Select(setting => (setting.Name, setting.Value, setting.Whole, string.Join(' ', setting.Candidates))).ShouldBe(
            [("limit", 50, false, "25 50 100"), ("warm_up", 3, true, "3 6")]);
        definitions[0].With("limit", 100).Create().Observe(new(DateTimeOffset.UnixEpoch, 90)).IsAnomaly.ShouldBeFalse();

        var (exitCode, output, error) = await _folder.RunAsync("series", "--with", "HighWaterDetector.cs", "--detectors", "high_water", "--output", "json");
        exitCode.ShouldBe(0, error);
        var detector = JsonNode.Parse(output)!["series"]![0]!["detectors"]!.AsArray().ShouldHaveSingleItem()!;
        detector["anomalies"]!.AsArray().Select(position => (int)position!).ShouldBe([40]);

        var together = JsonNode.Parse((await _folder.RunAsync("series", "--with", "HighWaterDetector.cs", "--output", "json")).Output)!;
        together["series"]![0]!["detectors"]!.AsArray().Count.ShouldBeGreaterThan(2, "those that run without --detectors run beside it");
    }

    [Theory]
    [InlineData("public class Odd : IDetector { public Verdict Observe(Point point) => defaul; }", "Own.cs(1): CS0103: The name 'defaul' does not exist in the current context")]
    [InlineData("public class Odd { }", "Own.cs: There is no detector in this file. Write a public class that implements IDetector.")]
    [InlineData("public class Odd(string name) : IDetector { public Verdict Observe(Point point) => default; public string Name => name; }",
        "Own.cs: Odd cannot be made: it has no public constructor whose parameters are all numbers with a default. Give it one, such as public Odd(double limit = 3).")]
    [InlineData("public class Odd(int limit = 0) : IDetector { private readonly int _odd = 1 / limit; public Verdict Observe(Point point) => new(_odd > 1, 0); }",
        "Own.cs: Odd cannot be made with its defaults. it threw DivideByZeroException: Attempted to divide by zero.")]
    [InlineData("public class MedianAbsoluteDeviationDetector : IDetector { public Verdict Observe(Point point) => default; }",
        "Own.cs: The detector median_absolute_deviation has the name of one that comes with Flotilla. Rename its class.")]
    [InlineData("public class Odd : IDetector { public Verdict Observe(Point point) => default; } public class OddDetector : Odd { }",
        "Own.cs: Two detectors are called odd. Rename one.")]
    public async Task A_file_that_is_wrong_is_told(string code, string message)
    {
        var problem = await Should.ThrowAsync<ProblemException>(DetectorFile.LoadAsync(_folder.Write("Own.cs", code), TestContext.Current.CancellationToken));
        problem.Message.ShouldBe(message);
    }

    [Fact]
    public async Task One_that_throws_or_never_returns_is_told_and_the_others_go_on()
    {
        _folder.Wave("series/a.json", 60, 40).Wave("series/b.json", 50, 30);
        _folder.Write("Broken.cs", """
            public sealed class Throwing : IDetector
            {
                private int _seen;
                public Verdict Observe(Point point) => _seen++ < 17 ? default : throw new InvalidOperationException("I have seen enough.");
            }
            public sealed class Endless : IDetector
            {
                public Verdict Observe(Point point) { while (point.Value > 50) { } return default; }
            }
            """);
        var (exitCode, output, error) = await _folder.RunAsync("series", "--with", "Broken.cs", "--detectors", "throwing,endless,median_absolute_deviation", "--point-timeout", "2", "--output", "json");
        exitCode.ShouldBe(3);
        error.ShouldContain("error: throwing on a.json threw InvalidOperationException at point 17 (2014-05-13T17:10:20Z): I have seen enough.\n");
        error.ShouldContain("error: endless on b.json did not return at point 30 (2014-05-13T17:23:20Z) within 2 s.\n");
        foreach (var series in JsonNode.Parse(output)!["series"]!.AsArray())
        {
            var third = series!["detectors"]![2]!;
            third["error"].ShouldBeNull();
            third["anomalies"]!.AsArray().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Ctrl_C_gives_what_is_done_so_far()
    {
        _folder.Wave("series/a.json", 60, 40).Wave("series/b.json", 50, 30);
        _folder.Write("Slow.cs", """
            public sealed class Slow : IDetector
            {
                public Verdict Observe(Point point)
                {
                    if (point.At.Minute != 17 + 6 || point.Value < 50) return default;
                    Console.Error.WriteLine("waiting for Ctrl-C");
                    Thread.Sleep(Timeout.Infinite);
                    return default;
                }
            }
            """);
        using var bench = FlotillaCommand.Start(_folder.Path, null, "bench", "series", "--with", "Slow.cs", "--detectors", "slow,grubbs", "--point-timeout", "600", "--parallel", "1", "--output", "json", "--save", "partial.json");
        await bench.SeesAsync("waiting for Ctrl-C");
        bench.Signal(2);
        (await bench.ExitAsync()).ShouldBe(130);
        bench.Error.ShouldContain("The run was interrupted: the result holds what was done until then.");
        foreach (var text in new[] { bench.Output, await File.ReadAllTextAsync(_folder.File("partial.json")) })
        {
            var result = JsonNode.Parse(text)!;
            ((bool)result["complete"]!).ShouldBeFalse();
            var series = result["series"]!.AsArray().ShouldHaveSingleItem()!;
            ((string)series["name"]!).ShouldBe("a");
            series["detectors"]!.AsArray().Select(detector => (string)detector!["name"]!).ShouldBe(["slow", "grubbs"]);
        }
    }

    public void Dispose() => _folder.Dispose();
}
