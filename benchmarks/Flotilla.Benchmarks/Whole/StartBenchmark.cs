using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Whole;

/// <summary>Commands on a fleet that has not changed since it was built.</summary>
internal sealed class StartBenchmark : Benchmark
{
    public override string Name => "start";

    public override string What => "./flotilla on examples/shop, built before and unchanged: the whole command, from the shell to its end.";

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
    }
}
