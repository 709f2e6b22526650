using System.Diagnostics;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla.Benchmarks.Whole;

/// <summary>From an event's sending to the first line of its handler, within one process.</summary>
internal sealed class BusBenchmark : Benchmark
{
    private const int PacedSeconds = 5;
    private const int PacedPerSecond = 2_000;
    private const int BriskPerSecond = 20_000;
    private const int SingleEvents = 100_000;
    private const int FloodEvents = 1_000_000;
    private const int InFlightMax = 8_000;
    private static readonly TimeSpan Nap = TimeSpan.FromSeconds(2);

    public override string Name => "bus";

    public override string What => "LocalBus and HandlerDispatcher of one host: from sending an event to the entry of its handler.";

    public override async Task RunAsync(Report report, int runs)
    {
        using var folder = new TemporaryFolder();
        await PacedAsync(new MemoryJournal(), Sleeper.None, BriskPerSecond);
        await FloorAsync(BriskPerSecond);
        foreach (var withFile in (bool[])[false, true])
        {
            var single = new List<double[]>();
            for (var run = 0; run < runs; run++) single.Add(await SingleAsync(NewJournal(withFile, folder)));
            var title = $"one at a time{(withFile ? ", FileJournal" : "")}";
            report.AtMost($"entry, p50, {title}", [.. single.Select(run => Samples.Percentile(run, 50))], "µs", 20);
            report.AtMost($"entry, p99, {title}", [.. single.Select(run => Samples.Percentile(run, 99))], "µs", 1000);
        }
        foreach (var perSecond in (int[])[PacedPerSecond, BriskPerSecond])
        {
            var floor = new List<double[]>();
            for (var run = 0; run < runs; run++) floor.Add(await FloorAsync(perSecond));
            Tell(report, floor, $"thread pool alone, {perSecond:N0}/s");
            foreach (var withFile in (bool[])[false, true])
            {
                var paced = new List<double[]>();
                for (var run = 0; run < runs; run++) paced.Add(await PacedAsync(NewJournal(withFile, folder), Sleeper.None, perSecond));
                var title = $"{perSecond:N0}/s{(withFile ? ", FileJournal" : "")}";
                report.AtMost($"entry, p50, {title}", [.. paced.Select(run => Samples.Percentile(run, 50))], "µs", 20);
                report.AtMost($"entry, p99, {title}", [.. paced.Select(run => Samples.Percentile(run, 99))], "µs", 1000);
                report.Tell($"entry, max, {title}", [.. paced.Select(run => run[^1])], "µs");
            }
        }
        foreach (var withFile in (bool[])[false, true])
        {
            var flood = new List<double>();
            long lost = 0;
            for (var run = 0; run < runs; run++)
            {
                var journal = NewJournal(withFile, folder);
                flood.Add(await FloodAsync(journal));
                lost += (journal as FileJournal)?.Lost ?? 0;
            }
            report.AtLeast($"events handled in a second{(withFile ? ", FileJournal" : "")}", flood, "/s", 200_000);
            if (withFile) report.Note($"At full speed the journal wrote {100 - 100.0 * lost / (2.0 * runs * FloodEvents):0.#} % of its records; the others are counted in its file as lost.");
        }
        foreach (var sleeper in (Sleeper[])[Sleeper.Blocking, Sleeper.Waiting])
        {
            var others = new List<double[]>();
            for (var run = 0; run < runs; run++) others.Add(await PacedAsync(new MemoryJournal(), sleeper, PacedPerSecond));
            var how = sleeper == Sleeper.Blocking ? "blocks its thread" : "awaits a delay";
            report.AtMost($"entry of others, p99, while one {how} 2 s", [.. others.Select(run => Samples.Percentile(run, 99))], "µs", 50_000);
        }
        report.Note($"Latency, one at a time: {SingleEvents:N0} events a run, from the thread pool. At a rate: {PacedSeconds} s a run, from a thread that spins, from the moment each event was due; \"thread pool alone\" is a work item in place of the event, the floor of this machine. Rate: {FloodEvents:N0} events a run, at most {InFlightMax:N0} under way.");
    }

    private enum Sleeper { None, Blocking, Waiting }

    private static IHandlerJournal NewJournal(bool file, TemporaryFolder folder) =>
        file ? new FileJournal(folder.File($"{Guid.NewGuid():N}.jsonl")) : new MemoryJournal();

    private static void Tell(Report report, List<double[]> all, string title)
    {
        foreach (var percent in (double[])[50, 99]) report.Tell($"p{percent}, {title}", [.. all.Select(run => Samples.Percentile(run, percent))], "µs");
    }

    /// <summary>Microseconds from sending an event to its handler's entry, sorted: each is sent when the one before was handled.</summary>
    private static async Task<double[]> SingleAsync(IHandlerJournal journal)
    {
        var taken = new double[SingleEvents];
        var entered = 0L;
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var host = new Host(journal, Handler("fast", "tick", _ =>
        {
            entered = Stopwatch.GetTimestamp();
            handled.SetResult();
            return Task.CompletedTask;
        })))
        {
            for (var i = 0; i < SingleEvents; i++)
            {
                handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var sent = Stopwatch.GetTimestamp();
                await host.Bus.SendAsync("tick", EventPayload.Empty, CancellationToken.None);
                await handled.Task;
                taken[i] = Samples.Microseconds(sent, entered);
            }
        }
        if (journal is IAsyncDisposable file) await file.DisposeAsync();
        Array.Sort(taken);
        return taken;
    }

    /// <summary>The same as <see cref="PacedAsync"/> with nothing but the thread pool between sender and receiver.</summary>
    private static async Task<double[]> FloorAsync(int perSecond)
    {
        var due = new long[PacedSeconds * perSecond];
        var entered = new long[due.Length];
        var left = due.Length;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await OnOwnThread(() => PaceAsync(due, perSecond, i =>
        {
            ThreadPool.UnsafeQueueUserWorkItem(number =>
            {
                entered[number] = Stopwatch.GetTimestamp();
                if (Interlocked.Decrement(ref left) == 0) done.SetResult();
            }, i, preferLocal: false);
            return default;
        }));
        await done.Task;
        return Sorted(due, entered);
    }

    /// <summary>Microseconds from when each event was due to its handler's entry, sorted.</summary>
    private static async Task<double[]> PacedAsync(IHandlerJournal journal, Sleeper sleeper, int perSecond)
    {
        var due = new long[(int)(perSecond * (sleeper == Sleeper.None ? PacedSeconds : Nap.TotalSeconds))];
        var entered = new long[due.Length];
        var next = -1;
        var asleep = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var host = new Host(journal,
            // One handler sees events in their order, so that counting tells which one it is.
            Handler("fast", "tick", _ =>
            {
                var now = Stopwatch.GetTimestamp();
                entered[Interlocked.Increment(ref next)] = now;
                return Task.CompletedTask;
            }),
            Handler("sleeper", "sleep", async _ =>
            {
                asleep.SetResult();
                if (sleeper == Sleeper.Blocking) Thread.Sleep(Nap);
                else await Task.Delay(Nap);
            })))
        {
            if (sleeper != Sleeper.None)
            {
                await host.Bus.SendAsync("sleep", EventPayload.Empty, CancellationToken.None);
                await asleep.Task;
            }
            await OnOwnThread(() => PaceAsync(due, perSecond, _ => host.Bus.SendAsync("tick", EventPayload.Empty, CancellationToken.None)));
            await host.Dispatcher.IdleAsync(CancellationToken.None);
        }
        if (journal is IAsyncDisposable file) await file.DisposeAsync();
        return Sorted(due, entered);
    }

    // Sending on the local bus ends before it returns, so that this stays on its thread.
    private static async Task PaceAsync(long[] due, int perSecond, Func<int, ValueTask<ulong>> send)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < due.Length; i++)
        {
            due[i] = begin + i * Stopwatch.Frequency / perSecond;
            while (Stopwatch.GetTimestamp() < due[i]) Thread.SpinWait(10);
            await send(i);
        }
    }

    // So that the pool has only the handlers to run.
    private static Task OnOwnThread(Func<Task> work) => Task.Factory.StartNew(work, TaskCreationOptions.LongRunning).Unwrap();

    private static double[] Sorted(long[] due, long[] entered)
    {
        double[] all = [.. due.Zip(entered, Samples.Microseconds)];
        Array.Sort(all);
        return all;
    }

    /// <summary>Events handled in a second.</summary>
    private static async Task<double> FloodAsync(IHandlerJournal journal)
    {
        long handled = 0, began = 0, ended = 0;
        await using (var host = new Host(journal, Handler("counter", "tick", _ =>
        {
            Interlocked.Increment(ref handled);
            return Task.CompletedTask;
        })))
        {
            began = Stopwatch.GetTimestamp();
            await OnOwnThread(async () =>
            {
                for (var i = 0; i < FloodEvents; i++)
                {
                    while (i - Volatile.Read(ref handled) >= InFlightMax) Thread.SpinWait(100);
                    await host.Bus.SendAsync("tick", EventPayload.Empty, CancellationToken.None);
                }
            });
            await host.Dispatcher.IdleAsync(CancellationToken.None);
            ended = Stopwatch.GetTimestamp();
        }
        if (journal is IAsyncDisposable file) await file.DisposeAsync();
        if (handled != FloodEvents) throw new InvalidOperationException($"{handled} of {FloodEvents} events were handled.");
        return FloodEvents / Stopwatch.GetElapsedTime(began, ended).TotalSeconds;
    }

    private static HandlerRegistration Handler(string name, string @event, Func<FleetEvent, Task> react) =>
        new(name, EventFilter.User(@event), async (e, _, _) =>
        {
            await react(e);
            return null;
        }, HandlerOptions.Default, null);

    private sealed class Host : IAsyncDisposable
    {
        public Host(IHandlerJournal journal, params IReadOnlyList<HandlerRegistration> handlers)
        {
            Bus = new LocalBus(TimeProvider.System).Join("web-1", new Dictionary<string, string>());
            Dispatcher = new HandlerDispatcher(Bus, handlers, journal, TimeProvider.System, new Random(1), Invariants.Throwing);
            Dispatcher.Start();
        }

        public IEventBus Bus { get; }

        public HandlerDispatcher Dispatcher { get; }

        public async ValueTask DisposeAsync()
        {
            await Dispatcher.DisposeAsync();
            await Bus.DisposeAsync();
        }
    }
}
