using System.Collections.Concurrent;
using System.Diagnostics;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Events.Serf;

namespace Flotilla.Benchmarks.Events;

/// <summary>Reliable events from one host to four over real Serf agents, one of them off the network for a while.</summary>
/// <param name="Handled">Pairs of an event and a host that were handled.</param>
/// <param name="Twice">Those of them that were handled more than once.</param>
/// <param name="Expired">Pairs that were not acknowledged.</param>
/// <param name="Duplicates">How many events came to a host that had them already.</param>
/// <param name="Drain">From the last event to its handling at the last host.</param>
/// <param name="Took">From the first event to the last handling.</param>
/// <param name="Latencies">From sending to acknowledgement by all, in milliseconds, sorted.</param>
/// <param name="Messages">How many messages were sent.</param>
/// <param name="MessageBytes">Their payloads.</param>
/// <param name="Queries">How many queries of Serf that made.</param>
/// <param name="GossipBytes">What went over the network.</param>
/// <param name="Cpu">Seconds of this program.</param>
/// <param name="AgentsCpu">Seconds of the five agents.</param>
internal sealed record ReliableSerf(
    int Handled, int Twice, int Expired, long Duplicates, TimeSpan Drain, TimeSpan Took, double[] Latencies, int Messages,
    long MessageBytes, long Queries, long GossipBytes, double Cpu, double AgentsCpu)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<ReliableSerf> RunAsync(string profile, int events, int perSecond, TimeSpan partition)
    {
        using var folder = new TemporaryFolder();
        await using var hosts = await SerfHosts.StartAsync(profile, "ctl-1", "web-1", "web-2", "web-3", "web-4");
        var handled = new ConcurrentDictionary<(string Host, string Payload), int>();
        var running = new List<Host>();
        try
        {
            for (var i = 0; i < hosts.Names.Count; i++)
                running.Add(Host.Start(await hosts.AttachAsync(i, hosts.Names[i][..3]), folder.File($"{i}.db"), handled));
            using (var limit = new CancellationTokenSource(Patience))
                while (running.Exists(host => host.Bus.Members.Count(member => member.Status == MemberStatus.Alive && member.Tags.ContainsKey("role")) < running.Count))
                    await Task.Delay(20, limit.Token);
            return await MeasureAsync(hosts, running, handled, events, perSecond, partition);
        }
        finally
        {
            foreach (var host in running) await host.DisposeAsync();
        }
    }

    private static async Task<ReliableSerf> MeasureAsync(
        SerfHosts hosts, List<Host> running, ConcurrentDictionary<(string Host, string Payload), int> handled,
        int events, int perSecond, TimeSpan partition)
    {
        var (queries, gossip, cpu, agents) = (await hosts.QueriesAsync(), hosts.GossipBytes, Environment.CpuUsage.TotalTime, hosts.CpuSeconds);
        var begin = Stopwatch.GetTimestamp();
        var deliveries = new List<Task<ReliableDelivery>>(events);
        var (cut, healed) = (events / 5, events / 5 + (int)(partition.TotalSeconds * perSecond));
        for (var i = 0; i < events; i++)
        {
            if (partition > TimeSpan.Zero && i == cut) hosts.SetCutOff(4, true);
            if (partition > TimeSpan.Zero && i == healed) hosts.SetCutOff(4, false);
            var payload = EventPayload.FromText($"{i}");
            deliveries.Add(running[0].Reliable.SendAsync("e", payload, ReliableTargets.OfRole("web"), null, CancellationToken.None));
            var due = TimeSpan.FromSeconds((i + 1.0) / perSecond) - Stopwatch.GetElapsedTime(begin);
            if (due > TimeSpan.Zero) await Task.Delay(due);
        }
        var last = Stopwatch.GetTimestamp();
        using (var limit = new CancellationTokenSource(Patience))
        {
            try
            {
                await running[0].Reliable.IdleAsync(limit.Token);
                foreach (var host in running) await host.Dispatcher.IdleAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                // What did not arrive by now is missing in what is reported.
            }
        }
        var (drain, took) = (Stopwatch.GetElapsedTime(last), Stopwatch.GetElapsedTime(begin));
        var acknowledged = deliveries.Where(delivery => delivery.IsCompletedSuccessfully).Select(delivery => delivery.Result).ToList();
        return new ReliableSerf(
            handled.Count, handled.Values.Count(times => times > 1), (running.Count - 1) * events - acknowledged.Sum(delivery => delivery.Acknowledged.Count),
            running.Sum(host => host.Reliable.Duplicates), drain, took, [.. acknowledged.Select(delivery => delivery.Took.TotalMilliseconds).Order()],
            running[0].Counting.Messages, running[0].Counting.Bytes, await hosts.QueriesAsync() - queries, hosts.GossipBytes - gossip,
            (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, hosts.CpuSeconds - agents);
    }

    /// <summary>What a program on a host has.</summary>
    private sealed record Host(SerfBus Bus, CountingBus Counting, SqliteJournal Store, ReliableEvents Reliable, HandlerDispatcher Dispatcher) : IAsyncDisposable
    {
        public static Host Start(
            SerfBus bus, string file, ConcurrentDictionary<(string Host, string Payload), int> handled)
        {
            var counting = new CountingBus(bus);
            var store = new SqliteJournal(file, TimeProvider.System);
            var reliable = new ReliableEvents(counting, store, TimeProvider.System, new Random(1));
            var dispatcher = new HandlerDispatcher(reliable.Bus,
                [
                    new HandlerRegistration("h", EventFilter.User("e"), (e, run, _) =>
                    {
                        handled.AddOrUpdate((run.Self.Name, ((UserEvent)e).Payload.Text), 1, (_, times) => times + 1);
                        return Task.FromResult<object?>(null);
                    }, new HandlerOptions(ExactlyOnce: true), null),
                ],
                new MemoryJournal(1), TimeProvider.System, new Random(1), new Invariants(problem => throw new InvalidOperationException(problem)), store);
            dispatcher.Start();
            reliable.Start();
            return new Host(bus, counting, store, reliable, dispatcher);
        }

        public async ValueTask DisposeAsync()
        {
            await Dispatcher.DisposeAsync();
            await Reliable.DisposeAsync();
            await Bus.DisposeAsync();
            Store.Dispose();
        }
    }

    /// <summary>Counts what is asked.</summary>
    private sealed class CountingBus(IEventBus bus) : IEventBus
    {
        private int _messages;
        private long _bytes;

        public int Messages => _messages;

        public long Bytes => _bytes;

        public Member Self => bus.Self;

        public IReadOnlyList<Member> Members => bus.Members;

        public ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken) => bus.SendAsync(name, payload, cancellationToken);

        public Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _messages);
            Interlocked.Add(ref _bytes, query.Payload.Length);
            return bus.QueryAsync(query, cancellationToken);
        }

        public IDisposable Subscribe(Action<BusDelivery> receive) => bus.Subscribe(receive);

        public Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) => bus.SetTagsAsync(tags, cancellationToken);

        public Task LeaveAsync(CancellationToken cancellationToken) => bus.LeaveAsync(cancellationToken);

        public ValueTask DisposeAsync() => bus.DisposeAsync();
    }
}
