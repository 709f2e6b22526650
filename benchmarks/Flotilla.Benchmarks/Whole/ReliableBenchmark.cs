using System.Diagnostics;
using Flotilla.Benchmarks.Events;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core;
using Flotilla.Core.Simulated;
using Flotilla.Events;

namespace Flotilla.Benchmarks.Whole;

/// <summary>Reliable events through a partition, on real Serf agents and in virtual time, and what keeping them on the disk costs.</summary>
internal sealed class ReliableBenchmark : Benchmark
{
    private const int Events = 10_000;
    private const int PerSecond = 200;
    private const int Members = 4;
    private const int SerfRunsMax = 3;
    private const int DiskSteps = 2_000;
    private static readonly TimeSpan Partition = TimeSpan.FromSeconds(5);

    public override string Name => "reliable";

    public override string What => "10,000 reliable events to 4 members at 200/s through a partition of one: delivered, and handled once.";

    public override async Task RunAsync(Report report, int runs)
    {
        await OnSerfAsync(report, Math.Min(runs, SerfRunsMax));
        var results = Enumerable.Range(1, runs).Select(InVirtualTime).ToList();
        report.AtLeast("handlings, virtual time", [.. results.Select(run => (double)run.Handled)], "", Events * Members);
        report.AtMost("handled more than once, virtual time", [.. results.Select(run => (double)run.Twice)], "", 0);
        report.AtMost("not acknowledged, virtual time", [.. results.Select(run => (double)run.Expired)], "", 0);
        report.Tell("last acknowledgement after the last event, virtual time", [.. results.Select(run => run.Drain.TotalMilliseconds)], "ms");
        report.AtMost("messages in a second, the most, virtual time", [.. results.Select(run => (double)run.MessagesInASecondMax)], "/s", 60);
        report.Tell("real time of a run", [.. results.Select(run => run.Real.TotalSeconds)], "s");
        using var folder = new TemporaryFolder();
        var begun = new List<double>();
        var kept = new List<double>();
        for (var run = 0; run < runs; run++) OnDisk(folder.File($"{run}.db"), begun, kept);
        report.Tell("begin and end of a handling, SqliteJournal, synced", begun, "/s");
        report.Tell("events kept for a message of ten, SqliteJournal, synced", kept, "/s");
        report.Note($"Virtual time: {Events:N0} events from a fifth member; one of the four is off the network for {Partition.TotalSeconds} s from the 2,000th on. The network takes 1 ms and loses 1 % of messages.");
    }

    private static async Task OnSerfAsync(Report report, int runs)
    {
        if (!SerfProgram.IsInstalled)
        {
            report.Note("Serf is not installed; nothing was measured on it. Install Debian's package serf.");
            return;
        }
        var results = new List<ReliableSerf>();
        for (var run = 0; run < runs; run++) results.Add(await ReliableSerf.RunAsync("local", Events, PerSecond, Partition));
        double[] Each(Func<ReliableSerf, double> number) => [.. results.Select(number)];
        report.AtLeast("handlings, real Serf", Each(run => run.Handled), "", Events * Members);
        report.AtMost("handled more than once, real Serf", Each(run => run.Twice), "", 0);
        report.AtMost("not acknowledged, real Serf", Each(run => run.Expired), "", 0);
        report.Tell("came twice and were handled once, real Serf", Each(run => run.Duplicates), "");
        report.Tell("last handling after the last event, real Serf", Each(run => run.Drain.TotalSeconds), "s");
        report.Tell("from sending to the last acknowledgement, p50, real Serf", Each(run => Samples.Percentile(run.Latencies, 50)), "ms");
        report.Tell("the same, p99", Each(run => Samples.Percentile(run.Latencies, 99)), "ms");
        report.Tell("messages of reliable events, real Serf", Each(run => run.Messages), "");
        report.Tell("queries of Serf, with those that were asked again", Each(run => run.Queries), "");
        report.Tell("bytes of messages for an event", Each(run => (double)run.MessageBytes / Events), "B");
        if (SerfHosts.HasNamespaces) report.Tell("bytes on the network for an event, all hosts together", Each(run => (double)run.GossipBytes / Events), "B");
        report.Tell("CPU time of five programs in one process, real Serf", Each(run => run.Cpu), "s");
        report.Tell("CPU time of five agents", Each(run => run.AgentsCpu), "s");
        report.Note($"Real Serf: five agents, profile local, {(SerfHosts.HasNamespaces ? "each in a network namespace; the link of one is down" : "on loopback addresses, as this is not root; one agent is stopped")} for {Partition.TotalSeconds} s. Each host keeps its events in a SQLite file, synced.");
    }

    private static Result InVirtualTime(int seed)
    {
        var began = Stopwatch.GetTimestamp();
        var world = new SimulatedWorld(seed);
        var handled = new Dictionary<(string Host, string Payload), int>();
        var messages = new Dictionary<int, int>();
        var (expired, drain) = (0, TimeSpan.Zero);
        world.Run(async () =>
        {
            var bus = new SimulatedBus(new SimulatedNetwork(world), new SimulatedBusOptions(Loss: 0.01));
            var hosts = new List<(ReliableEvents Reliable, HandlerDispatcher Dispatcher)>();
            foreach (var name in new[] { "ctl-1", "web-1", "web-2", "web-3", "web-4" })
            {
                var store = new MemoryEventStore();
                var joined = bus.Join(name, new Dictionary<string, string> { ["role"] = name[..3] });
                var reliable = new ReliableEvents(joined, store, world.Clock, world.Random);
                var dispatcher = new HandlerDispatcher(reliable.Bus,
                    [
                        new HandlerRegistration("h", EventFilter.User("e"), (e, run, _) =>
                        {
                            var key = (run.Self.Name, ((UserEvent)e).Payload.Text);
                            handled[key] = handled.GetValueOrDefault(key) + 1;
                            return Task.FromResult<object?>(null);
                        }, new HandlerOptions(ExactlyOnce: true), null),
                    ],
                    new MemoryJournal(1), world.Clock, world.Random, Invariants.Throwing, store);
                dispatcher.Start();
                reliable.Start();
                if (name == "web-1")
                    joined.Subscribe(delivery =>
                    {
                        if (delivery.Event is not QueryEvent) return;
                        var second = (int)world.Elapsed.TotalSeconds;
                        messages[second] = messages.GetValueOrDefault(second) + 1;
                    });
                hosts.Add((reliable, dispatcher));
            }
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
            var deliveries = new List<Task<ReliableDelivery>>(Events);
            var (cut, healed) = (Events / 5, Events / 5 + (int)(Partition.TotalSeconds * PerSecond));
            for (var i = 0; i < Events; i++)
            {
                if (i == cut) bus.CutOff("web-4");
                if (i == healed) bus.Reconnect("web-4");
                deliveries.Add(hosts[0].Reliable.SendAsync("e", EventPayload.FromText($"{i}"), ReliableTargets.OfRole("web"), null, default));
                await Task.Delay(TimeSpan.FromSeconds(1.0 / PerSecond), world.Clock);
            }
            var last = world.Elapsed;
            foreach (var delivery in deliveries) expired += (await delivery).Expired.Count;
            drain = world.Elapsed - last;
            foreach (var (_, dispatcher) in hosts) await dispatcher.IdleAsync(default);
            foreach (var (reliable, dispatcher) in hosts)
            {
                await dispatcher.DisposeAsync();
                await reliable.DisposeAsync();
            }
        });
        return new Result(
            handled.Count, handled.Values.Count(times => times > 1), expired, drain, messages.Values.Max(), Stopwatch.GetElapsedTime(began));
    }

    private static void OnDisk(string path, List<double> begun, List<double> kept)
    {
        using var journal = new SqliteJournal(path, TimeProvider.System);
        var at = DateTimeOffset.UtcNow;
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < DiskSteps; i++)
        {
            journal.Begin("h", $"e{i}", at);
            journal.Done("h", $"e{i}", HandlerOutcome.Completed);
        }
        begun.Add(DiskSteps / Stopwatch.GetElapsedTime(began).TotalSeconds);
        began = Stopwatch.GetTimestamp();
        for (var i = 0; i < DiskSteps; i += 10)
            journal.Receive("ctl-1/a", 1, [.. Enumerable.Range(i + 1, 10).Select(number => new NumberedEvent(number,
                new UserEvent("e", EventPayload.FromText("payload"), "ctl-1", (ulong)number, at) { ReliableId = $"reliable:ctl-1/a/{number}" }))]);
        kept.Add(DiskSteps / Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private sealed record Result(int Handled, int Twice, int Expired, TimeSpan Drain, int MessagesInASecondMax, TimeSpan Real);
}
