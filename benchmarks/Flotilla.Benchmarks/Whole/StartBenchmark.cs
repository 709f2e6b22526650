using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Whole;

/// <summary>Commands on a fleet that was built before.</summary>
internal sealed class StartBenchmark : Benchmark
{
    public override string Name => "start";

    public override string What => "./flotilla on examples/shop, built before: the whole command, from the shell to its end, unchanged and with a fleet.cs that has changed.";

    public override async Task RunAsync(Report report, int runs)
    {
        using var clone = await FreshClone.MakeBuiltAsync();
        foreach (var (command, limit) in ((string, double)[])[("describe", 0.3), ("simulate", 2)])
        {
            var wall = new List<double>();
            var cpu = new List<double>();
            await clone.FlotillaAsync(command, "examples/shop");
            for (var run = 0; run < runs; run++)
            {
                var result = await clone.FlotillaAsync(command, "examples/shop");
                wall.Add(result.Wall);
                cpu.Add(result.Cpu);
            }
            report.AtMost($"{command}, wall", wall, "s", limit);
            report.Tell($"{command}, CPU", cpu, "s");
        }
        List<double> changedWall = [], changedCpu = [];
        for (var run = 0; run < runs; run++)
        {
            await File.AppendAllTextAsync(Path.Combine(clone.Root, "examples", "shop", "fleet.cs"), $"// {run}\n");
            var result = await clone.FlotillaAsync("describe", "examples/shop");
            changedWall.Add(result.Wall);
            changedCpu.Add(result.Cpu);
        }
        report.Tell("describe of a fleet.cs that has changed, wall", changedWall, "s");
        report.Tell("the same: CPU", changedCpu, "s");
    }
}
