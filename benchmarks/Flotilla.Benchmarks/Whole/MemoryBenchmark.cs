using System.Diagnostics;
using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Whole;

/// <summary>What Flotilla itself holds in memory while a fleet is up and nothing happens.</summary>
internal sealed class MemoryBenchmark : Benchmark
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    public override string Name => "memory";

    public override string What => $"Memory of ./flotilla up examples/shop (3 instances), {Settling.TotalSeconds:0} s after the last became healthy.";

    public override async Task RunAsync(Report report, int runs)
    {
        var resident = new List<double>();
        var proportional = new List<double>();
        var own = new List<double>();
        var cpu = new List<double>();
        using var clone = await FreshClone.MakeBuiltAsync();
        for (var run = 0; run < runs; run++)
        {
            var start = new ProcessStartInfo(Path.Combine(clone.Root, "flotilla"), ["up", "examples/shop"])
            {
                WorkingDirectory = clone.Root,
                RedirectStandardOutput = true,
            };
            CommandRun.Set(start, clone.Environment);
            // The command becomes the fleet's program (execve), so that this process is Flotilla's own.
            using var process = Process.Start(start)!;
            try
            {
                for (var healthy = 0; healthy < 3;)
                {
                    var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The fleet ended.");
                    if (line.Contains("instance-healthy", StringComparison.Ordinal)) healthy++;
                }
                var rest = process.StandardOutput.ReadToEndAsync();
                var before = Processes.CpuSeconds(process.Id);
                await Task.Delay(Settling);
                cpu.Add(100 * (Processes.CpuSeconds(process.Id) - before) / Settling.TotalSeconds);
                resident.Add(Processes.Megabytes(process.Id, "status", "VmRSS"));
                proportional.Add(Processes.Megabytes(process.Id, "smaps_rollup", "Pss"));
                own.Add(Processes.Megabytes(process.Id, "smaps_rollup", "Private_Dirty"));
                _ = Processes.Send(process.Id, Processes.Interrupt);
                await rest;
                await process.WaitForExitAsync();
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        report.AtMost("resident (VmRSS)", resident, "MB", 100);
        report.Tell("proportional share (PSS)", proportional, "MB");
        report.Tell("private dirty", own, "MB");
        report.Tell("CPU of one core while idle", cpu, "%");
    }
}
