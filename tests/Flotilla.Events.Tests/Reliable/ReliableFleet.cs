using Flotilla.Core;
using Flotilla.Core.Simulated;

namespace Flotilla.Events.Tests;

/// <summary>Hosts with reliable events on a simulated bus; what a host remembers outlives its program.</summary>
internal sealed class ReliableFleet(SimulatedWorld world, SimulatedBusOptions? network = null, double duplicates = 0)
{
    private readonly SortedDictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemoryEventStore> _stores = [];

    public SimulatedNetwork Network => Bus.Network;

    public SimulatedBus Bus { get; } = new(new SimulatedNetwork(world), network);

    /// <summary>What bodies have finished, on each host.</summary>
    public List<(string Host, string Payload)> Handled { get; } = [];

    public List<(string Host, string Payload)> Begun { get; } = [];

    public MemoryJournal Journal { get; } = new(1_000_000);

    public List<ReliableDelivery> Completed { get; } = [];

    public HandlerOptions Handling { get; set; } = new(Concurrency: 4);

    public TimeSpan BodyTakes { get; set; }

    public ReliableOptions Options { get; set; } = new();

    public MemoryEventStore Store(string host) => _stores.TryGetValue(host, out var store) ? store : _stores[host] = new MemoryEventStore();

    public ReliableEvents this[string host] => _running[host].Reliable;

    public bool IsUp(string host) => _running.ContainsKey(host);

    public async Task StartAsync(params string[] hosts)
    {
        foreach (var host in hosts) Start(host);
        await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
    }

    public void Start(string host)
    {
        IEventBus bus = Bus.Join(host, new Dictionary<string, string> { ["role"] = host.Split('-')[0] });
        if (duplicates > 0) bus = new StutteringBus(bus, world.Random, duplicates);
        var reliable = new ReliableEvents(bus, Store(host), world.Clock, world.Random, Options with { Completed = Completed.Add + Options.Completed });
        var dispatcher = new HandlerDispatcher(reliable.Bus,
            [
                new HandlerRegistration("h", EventFilter.User("e"), async (e, run, token) =>
                {
                    var payload = ((UserEvent)e).Payload.Text;
                    Begun.Add((run.Self.Name, payload));
                    if (BodyTakes > TimeSpan.Zero) await Task.Delay(BodyTakes, world.Clock, token);
                    Handled.Add((run.Self.Name, payload));
                    return null;
                }, Handling, null),
            ],
            Journal, world.Clock, world.Random, Invariants.Throwing, Store(host));
        dispatcher.Start();
        reliable.Start();
        _running.Add(host, new Running(reliable, dispatcher));
    }

    /// <summary>The host dies; what it remembers stays.</summary>
    public async Task CrashAsync(string host)
    {
        _running.Remove(host, out var running);
        Bus.Fail(host);
        await running!.Dispatcher.DisposeAsync();
        await running.Reliable.DisposeAsync();
    }

    public async Task StopAsync()
    {
        foreach (var running in _running.Values)
        {
            await running.Dispatcher.DisposeAsync();
            await running.Reliable.DisposeAsync();
        }
    }

    /// <summary>Ends when no host has anything to send or to handle.</summary>
    public async Task SettleAsync()
    {
        foreach (var running in _running.Values) await running.Reliable.IdleAsync(CancellationToken.None);
        foreach (var running in _running.Values) await running.Dispatcher.IdleAsync(CancellationToken.None);
    }

    private sealed record Running(ReliableEvents Reliable, HandlerDispatcher Dispatcher);

    /// <summary>Asks some queries twice.</summary>
    private sealed class StutteringBus(IEventBus bus, Random random, double duplicates) : IEventBus
    {
        public Member Self => bus.Self;

        public IReadOnlyList<Member> Members => bus.Members;

        public ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken) =>
            bus.SendAsync(name, payload, cancellationToken);

        public async Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken)
        {
            if (random.NextDouble() < duplicates) _ = AgainAsync(query);
            return await bus.QueryAsync(query, cancellationToken);
        }

        public IDisposable Subscribe(Action<BusDelivery> receive) => bus.Subscribe(receive);

        public Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
            bus.SetTagsAsync(tags, cancellationToken);

        public Task LeaveAsync(CancellationToken cancellationToken) => bus.LeaveAsync(cancellationToken);

        public ValueTask DisposeAsync() => bus.DisposeAsync();

        private async Task AgainAsync(Query query)
        {
            try
            {
                await bus.QueryAsync(query, CancellationToken.None);
            }
            catch (EventBusClosedException)
            {
                // The host died meanwhile.
            }
        }
    }
}
