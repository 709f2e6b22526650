using Flotilla.Core;
using Flotilla.Core.Simulated;

namespace Flotilla.Events.Tests;

/// <summary>One host with a bus and a journal, in virtual time unless another clock is given.</summary>
internal sealed class Rig
{
    private readonly List<HandlerRegistration> _handlers = [];
    private readonly LocalBus _hub;

    public Rig(TimeProvider time, Random? random = null, IHandlerJournal? journal = null, string role = "web")
    {
        Time = time;
        Random = random ?? new Random(1);
        Journal = new MemoryJournal();
        Writes = journal ?? Journal;
        _hub = new LocalBus(time);
        Bus = _hub.Join("web-1", new Dictionary<string, string> { ["role"] = role, ["zone"] = "a" });
    }

    public TimeProvider Time { get; }

    public Random Random { get; }

    public IEventBus Bus { get; }

    public MemoryJournal Journal { get; }

    public IHandlerJournal Writes { get; }

    public Invariants Invariants { get; set; } = Invariants.Throwing;

    public IEventBus Join(string name, string role) => _hub.Join(name, new Dictionary<string, string> { ["role"] = role });

    public Rig On(string name, EventFilter filter, HandlerBody body, HandlerOptions? options = null)
    {
        _handlers.Add(new HandlerRegistration(name, filter, body, options ?? HandlerOptions.Default, SourceLocation.Here()));
        return this;
    }

    /// <summary>A handler that notes what it got and returns it.</summary>
    public Rig Note(string name, EventFilter filter, List<string> notes) => On(name, filter, (e, _, _) =>
    {
        notes.Add(e.ToString());
        return Task.FromResult<object?>(e.ToString());
    });

    public HandlerDispatcher Dispatcher() => new(Bus, _handlers, Writes, Time, Random, Invariants);

    public HandlerDispatcher Start()
    {
        var dispatcher = Dispatcher();
        dispatcher.Start();
        return dispatcher;
    }

    public ValueTask<ulong> SendAsync(string name, string payload = "") =>
        Bus.SendAsync(name, EventPayload.FromText(payload), CancellationToken.None);

    public Task<QueryResult> AskAsync(string name, TimeSpan? timeout = null) =>
        Bus.QueryAsync(new Query(name, EventPayload.Empty, timeout), CancellationToken.None);

    /// <summary>The ends that the journal has, as <c>handler: outcome</c>.</summary>
    public IReadOnlyList<string> Outcomes => [.. Journal.Runs.Select(run => $"{run.Handler}: {run.Outcome}")];

    public static void InSimulation(Func<Rig, Task> body, int seed = 1)
    {
        var world = new SimulatedWorld(seed);
        world.Run(() => body(new Rig(world.Clock, world.Random)));
    }
}
