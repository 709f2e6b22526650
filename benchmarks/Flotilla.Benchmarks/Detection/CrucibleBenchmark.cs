using System.Text.Json;
using Flotilla.Benchmarks.Harness;
using Flotilla.Detection;
using Flotilla.Detection.Tests;

namespace Flotilla.Benchmarks.Detection;

/// <summary>The nine algorithms over Crucible's nine series, point by point and slice by slice.</summary>
internal sealed class CrucibleBenchmark : Benchmark
{
    private const int FirstJudged = 9;

    public override string Name => "crucible";

    public override string What => "Crucible's nine algorithms over its nine series (24,189 points), one thread, beside slices judged as a whole.";

    public override Task RunAsync(Report report, int runs)
    {
        if (Series() is not { } series)
        {
            report.Note("The recorded series (../shared/data/crucible/series) are not beside this checkout; nothing was measured.");
            return Task.CompletedTask;
        }
        var seconds = DetectorCatalog.Crucible.ToDictionary(detector => detector.Name, _ => new List<double>(), StringComparer.Ordinal);
        var verdicts = new Dictionary<string, List<bool>>(StringComparer.Ordinal);
        for (var run = 0; run < runs; run++)
        {
            foreach (var detector in DetectorCatalog.Crucible)
            {
                var judged = new List<bool>();
                seconds[detector.Name].Add(CpuTime.Of(() =>
                {
                    foreach (var points in series) Replay(detector, points, judged);
                }));
                verdicts[detector.Name] = judged;
            }
        }
        double[] Sum(Func<string, bool> which) =>
            [.. Enumerable.Range(0, runs).Select(run => seconds.Where(each => which(each.Key)).Sum(each => each.Value[run]))];
        report.AtMost("all nine", Sum(_ => true), "s", 0.7);
        report.AtMost("without ks_test", Sum(name => name != "ks_test"), "s", 0.07);

        double sliced = 0, streamed = 0, slicedWithout = 0, streamedWithout = 0;
        foreach (var (name, judge) in SliceBySlice.All)
        {
            var judged = new List<bool>();
            var took = CpuTime.Of(() =>
            {
                foreach (var points in series) Replay(judge, points, judged);
            });
            var median = seconds[name].Order().ElementAt(runs / 2);
            report.Tell($"{name}: streaming", seconds[name], "s");
            report.Tell($"{name}: slice by slice", [took], "s");
            report.Tell($"{name}: slice by slice / streaming", [took / median], "");
            (sliced, streamed) = (sliced + took, streamed + median);
            if (name != "ks_test") (slicedWithout, streamedWithout) = (slicedWithout + took, streamedWithout + median);
            var different = judged.Zip(verdicts[name]).Count(pair => pair.First != pair.Second);
            if (different > 0) throw new InvalidOperationException($"{different} verdicts of {name} differ between its two forms.");
        }
        report.Tell("all nine: slice by slice / streaming", [sliced / streamed], "");
        report.Tell("without ks_test: slice by slice / streaming", [slicedWithout / streamedWithout], "");
        report.Note("CPU time. The verdicts of both forms are the same at every point. The first run compiles the code, so it is the slowest.");
        return Task.CompletedTask;
    }

    private static void Replay(DetectorDefinition definition, Point[] points, List<bool> verdicts)
    {
        var detector = definition.Create();
        foreach (var point in points) verdicts.Add(detector.Observe(point).IsAnomaly);
    }

    private static void Replay(SliceBySlice.Algorithm judge, Point[] points, List<bool> verdicts)
    {
        var ticks = points.Select(point => point.At.UtcTicks).ToArray();
        var values = points.Select(point => point.Value).ToArray();
        for (var i = 0; i < points.Length; i++)
        {
            var (distance, limit) = i < FirstJudged ? default : judge(ticks.AsSpan(0, i + 1), values.AsSpan(0, i + 1));
            verdicts.Add(distance > limit);
        }
    }

    private static Point[][]? Series()
    {
        var folder = Path.Combine(Repository.Root, "..", "shared", "data", "crucible", "series");
        if (!Directory.Exists(folder)) return null;
        return [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)];
    }

    private static Point[] Read(string file)
    {
        using var points = JsonDocument.Parse(File.ReadAllText(file));
        return [.. points.RootElement.EnumerateArray().Select(pair => new Point(DateTimeOffset.UnixEpoch.AddSeconds(pair[0].GetDouble()), pair[1].GetDouble()))];
    }
}
