using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Whole;

/// <summary>The first command of the README as a newcomer meets it: nothing built, packages restored.</summary>
internal sealed class UpBenchmark : Benchmark
{
    public override string Name => "up";

    public override string What => "./flotilla up examples/shop --scenario all in a fresh clone, packages restored, no build server and no cache.";

    public override async Task RunAsync(Report report, int runs)
    {
        var wall = new List<double>();
        var build = new List<double>();
        var share = new List<double>();
        var cpu = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            using var clone = await FreshClone.MakeAsync();
            var result = await clone.FlotillaAsync("up", "examples/shop", "--scenario", "all");
            if (!result.Output.Contains(" passed, 0 failed.", StringComparison.Ordinal)) throw new InvalidOperationException(result.Output);
            wall.Add(result.Wall);
            build.Add(result.FirstLine ?? throw new InvalidOperationException("It printed nothing."));
            share.Add(100 * build[^1] / result.Wall);
            cpu.Add(result.Cpu + clone.ServersCpuSeconds);
        }
        report.AtMost("wall, build included", wall, "s", 90);
        report.Tell("until the first line of the timeline (build)", build, "s");
        report.AtMost("share of the build", share, "%", 50);
        report.Tell("rest (two scenarios, for real)", [.. wall.Zip(build, (all, part) => all - part)], "s");
        report.Tell("CPU, build servers included", cpu, "s");
    }
}
