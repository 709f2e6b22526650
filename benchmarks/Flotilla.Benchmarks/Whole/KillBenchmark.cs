using System.Diagnostics;
using System.Globalization;
using Flotilla.Apps;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core.Http.Real;

namespace Flotilla.Benchmarks.Whole;

/// <summary>How long a large process tree takes to be gone, and what escapes from the usual way of killing one.</summary>
internal sealed class KillBenchmark : Benchmark
{
    private const int Size = 1_000;

    // Every second child leads a session of its own, which a kill of the process group does not reach. The tree counts
    // as up when the file that its first argument names is there.
    private const string Tree = """
        use POSIX qw(setsid);
        for my $i (2 .. $ARGV[1]) {
            next if fork;
            setsid() if $i % 2;
            sleep 1 while 1;
        }
        open my $ready, '>', $ARGV[0] or die $!;
        close $ready;
        sleep 1 while 1;
        """;

    public override string Name => "kill";

    public override string What => $"Killing a tree of {Size:N0} processes, half of them in sessions of their own, until the last is gone.";

    public override async Task RunAsync(Report report, int runs)
    {
        foreach (var useCgroups in (bool[])[true, false])
        {
            var seconds = new List<double>();
            var tracks = false;
            for (var run = 0; run < runs; run++)
            {
                using var folder = new TemporaryFolder();
                using var http = new NetworkHttp();
                await using var engine = Engines.New(folder, http, useCgroups);
                var mark = Guid.NewGuid().ToString("N");
                var ready = folder.File("ready");
                var app = new AppDescription
                {
                    Name = "tree",
                    Program = "perl",
                    Arguments = ["-e", Tree, ready, Size.ToString(CultureInfo.InvariantCulture)],
                    Environment = [new("FLOTILLA_BENCHMARK", mark)],
                };
                var instance = await engine.StartAsync(Engines.Start(app), CancellationToken.None);
                tracks = engine.TracksByCgroup;
                if (useCgroups && !tracks) break;
                await UntilUpAsync(ready, mark);
                var started = Stopwatch.GetTimestamp();
                await instance.KillAsync(CancellationToken.None);
                seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                var left = Processes.WithVariable("FLOTILLA_BENCHMARK", mark).Count;
                if (left != 0) throw new InvalidOperationException($"{left} processes were left.");
            }
            if (seconds.Count == 0) report.Note("No cgroup of version 2 can be made here: that mode is not measured.");
            else report.AtMost($"gone, tracked by {(tracks ? "cgroup" : "environment and parents")}", seconds, "s", 1);
        }
        await PeerAsync(report, runs);
        report.Note("After every kill /proc was searched: nothing was left of Flotilla's trees.");
    }

    /// <summary>The usual way: one signal to the process group.</summary>
    private static async Task PeerAsync(Report report, int runs)
    {
        var seconds = new List<double>();
        var escaped = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            using var folder = new TemporaryFolder();
            var mark = Guid.NewGuid().ToString("N");
            var ready = folder.File("ready");
            var start = new ProcessStartInfo("setsid", ["perl", "-e", Tree, ready, Size.ToString(CultureInfo.InvariantCulture)]);
            start.Environment["FLOTILLA_BENCHMARK"] = mark;
            using var leader = Process.Start(start)!;
            await UntilUpAsync(ready, mark);
            var started = Stopwatch.GetTimestamp();
            // kill(2): a negative number is a process group, here that of the leader.
            _ = Processes.Send(-leader.Id, Processes.Kill);
            await leader.WaitForExitAsync();
            var survivors = Processes.WithVariable("FLOTILLA_BENCHMARK", mark);
            while (survivors.Count > Size / 2) survivors = Processes.WithVariable("FLOTILLA_BENCHMARK", mark);
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            escaped.Add(survivors.Count);
            foreach (var survivor in survivors) _ = Processes.Send(survivor, Processes.Kill);
            while (Processes.WithVariable("FLOTILLA_BENCHMARK", mark).Count > 0) await Task.Delay(10);
        }
        report.Tell("peer: kill -9 -PGID, its part gone", seconds, "s");
        report.Tell("peer: kill -9 -PGID, processes that escape", escaped, "");
    }

    private static async Task UntilUpAsync(string ready, string mark)
    {
        while (!File.Exists(ready)) await Task.Delay(10);
        // The children make their sessions after the fork: wait until the last has settled down to sleep.
        while (Processes.WithVariable("FLOTILLA_BENCHMARK", mark).Count < Size) await Task.Delay(50);
    }
}
