using Flotilla.Apps;
using Flotilla.Apps.Engines.Simulated;
using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Core.Http.Simulated;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Simulated;
using Flotilla.Core.Simulated;
using Flotilla.Events;

namespace Flotilla.Running.Simulated;

/// <summary>A fleet's world in virtual time.</summary>
internal sealed class SimulatedFleetWorld : IFleetWorld
{
    private readonly SimulatedWorld _world;
    private readonly SimulatedHttp _http;
    private readonly SimulatedBus _bus;
    private readonly Dictionary<string, MemoryMachine> _machines = [];
    private readonly Dictionary<string, SimulatedEngine> _engines = [];
    private readonly Dictionary<string, MemoryEventStore> _events = [];
    private readonly Dictionary<string, IReadOnlyList<Endpoint>> _endpoints = [];

    public SimulatedFleetWorld(SimulatedWorld world, SimulatedBusOptions? bus = null)
    {
        _world = world;
        Network = new SimulatedNetwork(world);
        _http = new SimulatedHttp(Network);
        _bus = new SimulatedBus(Network, bus);
    }

    public SimulatedNetwork Network { get; }

    public TimeProvider Time => _world.Clock;

    public Random Random => _world.Random;

    public Invariants Invariants => Invariants.Throwing;

    public IReadOnlyList<KeyValuePair<string, string>> Environment(string host) => [];

    public string PackageFolder => "/opt/fleet";

    public IHandlerJournal? Journal => null;

    public IEventBus Join(HostDescription host) => _bus.Join(host.Name, Tags.Of(host), host.Name);

    public IEventStore Events(string host) => _events.TryGetValue(host, out var store) ? store : _events[host] = new MemoryEventStore();

    public IMachine Machine(string host) => MemoryMachineOf(host);

    public MemoryMachine MemoryMachineOf(string host) => _machines.TryGetValue(host, out var machine) ? machine : _machines[host] = new MemoryMachine(host);

    public IEngine Engine(string host) => SimulatedEngineOf(host);

    public SimulatedEngine SimulatedEngineOf(string host) =>
        _engines.TryGetValue(host, out var engine) ? engine : _engines[host] = new SimulatedEngine(host, Network, _http);

    public IHttp Http(string host) => _http.From(host);

    public Task FailHostAsync(string host)
    {
        _bus.Fail(host);
        SimulatedEngineOf(host).FailHost();
        _engines.Remove(host);
        return Task.CompletedTask;
    }

    public void SetCutOff(string host, bool cutOff)
    {
        if (cutOff) _bus.CutOff(host);
        else _bus.Reconnect(host);
    }

    /// <summary>The endpoints of the fleet as a host knows them: in reality, the content of the file that its apps read.</summary>
    public IReadOnlyList<Endpoint> EndpointsKnownTo(string host) => _endpoints.GetValueOrDefault(host, []);

    public void Publish(string host, Func<IReadOnlyList<Endpoint>> endpoints) => _endpoints[host] = endpoints();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
