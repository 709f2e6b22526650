using System.Diagnostics;
using System.Threading.Channels;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Events.Serf;

namespace Flotilla.Benchmarks.Events;

/// <summary>A C# handler on a real Serf agent, beside what Serf starts for each event: a shell, and a Python program as Serf Master is.</summary>
internal sealed class SerfBenchmark : Benchmark
{
    private const int Events = 200;
    private const int PythonEvents = 30;
    private const int Burst = 3_000;
    private const int Members = 5;

    // The measured equivalent of Serf Master: a class with a method for each event, chosen by the environment, in a process of its own.
    private const string Python = """
        import logging, os, sys
        logging.basicConfig(level=logging.INFO, stream=sys.stderr)
        class Handler(object):
            def __init__(self):
                self.name = os.environ["SERF_SELF_NAME"]
                self.role = os.environ.get("SERF_TAG_ROLE") or os.environ.get("SERF_SELF_ROLE")
                self.log = logging.getLogger(type(self).__name__)
            def ping(self):
                sys.stdin.read()
                with open(os.environ["SIGNAL"], "w") as signal:
                    signal.write("x\n")
        handlers = {"default": Handler()}
        event = os.environ["SERF_EVENT"]
        name = os.environ["SERF_USER_EVENT"] if event == "user" else event.replace("-", "_")
        getattr(handlers.get(handlers["default"].role, handlers["default"]), name)()
        """;

    public override string Name => "serf";

    public override string What => "From an event sent over a Serf agent's RPC to the entry of its handler on that host; queries over five agents.";

    public override async Task RunAsync(Report report, int runs)
    {
        if (!SerfProgram.IsInstalled)
        {
            report.Note("Serf is not installed; nothing was measured. Install Debian's package serf.");
            return;
        }
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("master.py"), Python);
        var csharp = new List<double[]>();
        var shell = new List<double[]>();
        var python = new List<double[]>();
        for (var run = 0; run < runs; run++)
        {
            csharp.Add(await HandlerAsync(Events));
            shell.Add(await ScriptAsync(folder, signal => $"cat >/dev/null; echo x >{signal}", Events));
            python.Add(await ScriptAsync(folder, signal => $"SIGNAL={signal} python3 {folder.File("master.py")}", PythonEvents));
        }
        double[] Median(List<double[]> all) => [.. all.Select(run => Samples.Percentile(run, 50))];
        report.AtMost("C# handler, p50", Median(csharp), "ms", 1);
        report.AtMost("C# handler, p99", [.. csharp.Select(run => Samples.Percentile(run, 99))], "ms", 5);
        report.Tell("/bin/sh for each event, p50", Median(shell), "ms");
        report.Tell("Python for each event, as Serf Master, p50", Median(python), "ms");
        report.AtLeast("/bin/sh / C#, p50", [.. Median(shell).Zip(Median(csharp), (slow, fast) => slow / fast)], "×", 5);
        report.AtLeast("Python / C#, p50", [.. Median(python).Zip(Median(csharp), (slow, fast) => slow / fast)], "×", 100);

        var rates = new List<double>();
        var others = new List<double>();
        var queries = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            rates.Add(await BurstAsync());
            others.Add(await BesideASleeperAsync());
            queries.Add(await QueryAsync());
        }
        report.AtLeast($"a burst of {Burst:N0} events over one connection, none lost", rates, "/s", 4_000);
        report.AtMost("others' p99 while one handler sleeps 2 s", others, "ms", 50);
        report.AtMost($"a query of {Members} whose slowest answer takes 1 s", queries, "s", 1.2);
    }

    private static async Task<double[]> HandlerAsync(int events)
    {
        await using var agent = await SerfProgram.StartAsync();
        await using var host = await Host.StartAsync(agent, sleeper: false);
        await using var client = await agent.ConnectAsync();
        return await TimesAsync(client, events, () => host.Entered.Reader.ReadAsync().AsTask());
    }

    private static async Task<double[]> ScriptAsync(TemporaryFolder folder, Func<string, string> script, int events)
    {
        var signal = folder.File($"signal-{Guid.NewGuid():N}");
        using (var make = Process.Start("mkfifo", signal)) await make.WaitForExitAsync();
        await using var agent = await SerfProgram.StartAsync(script(signal));
        await using var client = await agent.ConnectAsync();
        // Opened for writing too, so that it does not end between two events.
        using var fifo = new FileStream(signal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var line = new byte[2];
        return await TimesAsync(client, events, async () =>
        {
            await fifo.ReadExactlyAsync(line);
            return Stopwatch.GetTimestamp();
        });
    }

    /// <summary>Milliseconds, sorted, after ten events to warm up.</summary>
    private static async Task<double[]> TimesAsync(SerfClient client, int events, Func<Task<long>> entered)
    {
        var times = new List<double>();
        for (var i = -10; i < events; i++)
        {
            var waiting = Task.Run(entered);
            var sent = Stopwatch.GetTimestamp();
            await client.EventAsync("ping", "abcd"u8.ToArray(), coalesce: false, CancellationToken.None);
            var at = await waiting.WaitAsync(TimeSpan.FromSeconds(30));
            if (i >= 0) times.Add(Stopwatch.GetElapsedTime(sent, at).TotalMilliseconds);
        }
        return [.. times.Order()];
    }

    private static async Task<double> BurstAsync()
    {
        await using var agent = await SerfProgram.StartAsync();
        await using var host = await Host.StartAsync(agent, sleeper: false);
        await using var client = await agent.ConnectAsync();
        await TimesAsync(client, 10, () => host.Entered.Reader.ReadAsync().AsTask());
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < Burst; i++) await client.EventAsync("ping", BitConverter.GetBytes(i), coalesce: false, CancellationToken.None);
        long last = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var i = 0; i < Burst; i++) last = await host.Entered.Reader.ReadAsync(limit.Token);
        return Burst / Stopwatch.GetElapsedTime(begin, last).TotalSeconds;
    }

    private static async Task<double> BesideASleeperAsync()
    {
        await using var agent = await SerfProgram.StartAsync();
        await using var host = await Host.StartAsync(agent, sleeper: true);
        await using var client = await agent.ConnectAsync();
        await TimesAsync(client, 10, () => host.Entered.Reader.ReadAsync().AsTask());
        await client.EventAsync("sleep", default, coalesce: false, CancellationToken.None);
        return Samples.Percentile(await TimesAsync(client, Events, () => host.Entered.Reader.ReadAsync().AsTask()), 99);
    }

    private static async Task<double> QueryAsync()
    {
        var agents = new List<SerfProgram>();
        var hosts = new List<Host>();
        try
        {
            for (var i = 0; i < Members; i++)
            {
                agents.Add(await SerfProgram.StartAsync(join: i == 0 ? null : agents[0].Gossip));
                hosts.Add(await Host.StartAsync(agents[i], sleeper: false, answerAfter: i == 3 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero));
            }
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (hosts.Exists(host => host.Bus.Members.Count(member => member.Status == MemberStatus.Alive) < Members)) await Task.Delay(20, limit.Token);
            var result = await hosts[0].Bus.QueryAsync(new Query("load", EventPayload.Empty, TimeSpan.FromSeconds(10)), CancellationToken.None);
            if (result.Answers.Count != Members) throw new InvalidOperationException($"{result.Answers.Count} of {Members} answered.");
            return result.Took.TotalSeconds;
        }
        finally
        {
            foreach (var host in hosts) await host.DisposeAsync();
            foreach (var agent in agents) await agent.DisposeAsync();
        }
    }

    /// <summary>A bus on an agent, and handlers that say when they were entered.</summary>
    private sealed class Host(SerfBus bus, HandlerDispatcher dispatcher, Channel<long> entered) : IAsyncDisposable
    {
        public SerfBus Bus => bus;

        public Channel<long> Entered => entered;

        public static async Task<Host> StartAsync(SerfProgram agent, bool sleeper, TimeSpan answerAfter = default)
        {
            var bus = await agent.AttachAsync();
            var entered = Channel.CreateUnbounded<long>();
            List<HandlerRegistration> handlers =
            [
                new("ping", EventFilter.User("ping"), (_, _, _) =>
                {
                    entered.Writer.TryWrite(Stopwatch.GetTimestamp());
                    return Task.FromResult<object?>(null);
                }, HandlerOptions.Default, null),
                new("load", EventFilter.Query("load"), async (_, _, token) =>
                {
                    await Task.Delay(answerAfter, token);
                    return "0.1";
                }, HandlerOptions.Default, null),
            ];
            if (sleeper)
            {
                handlers.Add(new("sleep", EventFilter.User("sleep"), (_, _, _) =>
                {
                    Thread.Sleep(TimeSpan.FromSeconds(2));
                    return Task.FromResult<object?>(null);
                }, HandlerOptions.Default, null));
            }
            var dispatcher = new HandlerDispatcher(bus, handlers, new MemoryJournal(), TimeProvider.System, new Random(1), new Invariants(problem => throw new InvalidOperationException(problem)));
            dispatcher.Start();
            return new(bus, dispatcher, entered);
        }

        public async ValueTask DisposeAsync()
        {
            await dispatcher.DisposeAsync();
            await bus.DisposeAsync();
        }
    }
}
