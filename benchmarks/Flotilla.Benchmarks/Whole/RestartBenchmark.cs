using System.Diagnostics;
using System.Globalization;
using Flotilla.Apps;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core;
using Flotilla.Core.Http.Real;

namespace Flotilla.Benchmarks.Whole;

/// <summary>From the death of an instance to its next run.</summary>
internal sealed class RestartBenchmark : Benchmark
{
    private const int Rounds = 50;

    // Says its process id into a pipe as the first thing it does, then stays. It closes the pipe, so that every run writes for itself.
    private const string Program = "echo $$ > \"$0\"; exec sleep 1000";

    public override string Name => "restart";

    public override string What => $"kill -9 of a supervised process until the next one is started; {Rounds} rounds a run, no backoff.";

    public override async Task RunAsync(Report report, int runs)
    {
        foreach (var useCgroups in (bool[])[true, false])
        {
            var issued = new List<double[]>();
            var lives = new List<double[]>();
            var how = "";
            for (var run = 0; run < runs; run++)
            {
                var (mode, ofIssue, ofLife) = await RunOnceAsync(useCgroups);
                how = mode;
                if (useCgroups && mode != "cgroup") break;
                issued.Add(ofIssue);
                lives.Add(ofLife);
            }
            if (issued.Count == 0)
            {
                report.Note("No cgroup of version 2 can be made here: that mode is not measured.");
                continue;
            }
            report.Tell($"restart issued, p50, {how}", [.. issued.Select(rounds => Samples.Percentile(rounds, 50))], "ms");
            report.AtMost($"restart issued, slowest of {Rounds}, {how}", [.. issued.Select(rounds => rounds[^1])], "ms", 50);
            report.Tell($"new program speaks, p50, {how}", [.. lives.Select(rounds => Samples.Percentile(rounds, 50))], "ms");
            report.Tell($"new program speaks, slowest of {Rounds}, {how}", [.. lives.Select(rounds => rounds[^1])], "ms");
        }
        report.Note("From the moment just before kill(2). \"Issued\": the supervisor has the new process and reports it as started. \"Speaks\": its program's first line came through a pipe.");
    }

    private static async Task<(string How, double[] Issued, double[] Lives)> RunOnceAsync(bool useCgroups)
    {
        using var folder = new TemporaryFolder();
        using var http = new NetworkHttp();
        await using var engine = Engines.New(folder, http, useCgroups);
        var pipe = folder.File("pipe");
        using (var make = Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync();
        // Open for both directions, so that the reader never sees the end when a writer closes.
        await using var reading = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var app = new AppDescription
        {
            Name = "mortal",
            Program = "sh",
            Arguments = ["-c", Program, pipe],
            Restart = new RestartPolicy(Backoff.None, TimeSpan.FromSeconds(10)),
        };
        long startedAt = 0;
        await using var supervisor = new AppSupervisor(app, "web-1", engine, TimeProvider.System, Random.Shared, Invariants.Throwing,
            change =>
            {
                if (change.Kind == InstanceChangeKind.Started) Volatile.Write(ref startedAt, Stopwatch.GetTimestamp());
            });
        await supervisor.SetSlotsAsync([0], CancellationToken.None);
        // On a thread of its own: reading from the pipe blocks, and the supervisor needs the pool.
        var (issued, lives) = await Task.Factory.StartNew(() => Measure(reading, () => Volatile.Read(ref startedAt)), TaskCreationOptions.LongRunning);
        return (engine.TracksByCgroup ? "cgroup" : "environment and parents", issued, lives);
    }

    /// <summary>Milliseconds from each kill to the start of the next run, and to its first line; both sorted.</summary>
    private static (double[] Issued, double[] Lives) Measure(FileStream pipe, Func<long> startedAt)
    {
        var buffer = new byte[64];
        var issued = new double[Rounds];
        var lives = new double[Rounds];
        var id = Hear(pipe, buffer);
        for (var round = 0; round < Rounds; round++)
        {
            var killed = Stopwatch.GetTimestamp();
            if (Processes.Send(id, Processes.Kill) != 0) throw new InvalidOperationException($"Process {id} could not be killed.");
            id = Hear(pipe, buffer);
            var spoke = Stopwatch.GetTimestamp();
            while (startedAt() < killed) Thread.Yield();
            // What speaks was started, even when the report of it comes later.
            issued[round] = Samples.Microseconds(killed, Math.Min(startedAt(), spoke)) / 1000;
            lives[round] = Samples.Microseconds(killed, spoke) / 1000;
        }
        Array.Sort(issued);
        Array.Sort(lives);
        return (issued, lives);
    }

    private static int Hear(FileStream pipe, byte[] buffer)
    {
        var read = pipe.Read(buffer);
        return int.Parse(System.Text.Encoding.ASCII.GetString(buffer, 0, read).Trim(), CultureInfo.InvariantCulture);
    }
}
