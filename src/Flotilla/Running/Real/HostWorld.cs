using Flotilla.Apps;
using Flotilla.Apps.Engines.Real;
using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Core.Http.Real;
using Flotilla.Core.Machines;
using Flotilla.Events;

namespace Flotilla.Running.Real;

/// <summary>One host of a fleet as it is: this machine, on a bus that connects it to the others.</summary>
internal sealed class HostWorld : IFleetWorld
{
    private readonly IEventBus _bus;
    private readonly IMachine _machine;
    private readonly string _folder;
    private readonly NetworkHttp _http = new();
    private readonly EndpointsFile _endpoints;
    private readonly Lazy<ProcessEngine> _engine;
    private readonly Lazy<SqliteJournal> _events;

    /// <param name="folder">Where to keep things.</param>
    /// <param name="machine">What is acted on.</param>
    /// <param name="bus">The way to the other hosts; the agent of the host disposes of it.</param>
    /// <param name="journal">Records the runs of handlers; stays the caller's.</param>
    /// <param name="address">Where the instances of this host listen, and the others reach them.</param>
    /// <param name="violated">Told of every broken invariant.</param>
    public HostWorld(string folder, IMachine machine, IEventBus bus, IHandlerJournal? journal, string address, Action<string> violated)
    {
        (_folder, _machine, _bus, Journal) = (folder, machine, bus, journal);
        _endpoints = new EndpointsFile(Path.Combine(folder, "endpoints.json"));
        Invariants = new Invariants(violated);
        _events = new Lazy<SqliteJournal>(() => new SqliteJournal(FleetState.EventsOfAgent(_folder), Time));
        _engine = new Lazy<ProcessEngine>(() => new ProcessEngine(new ProcessEngineOptions
        {
            StateDirectory = Path.Combine(_folder, "run"),
            Http = _http,
            Time = Time,
            Random = Random,
            Address = address,
        }));
    }

    public TimeProvider Time => TimeProvider.System;

    public Random Random => Random.Shared;

    public Invariants Invariants { get; }

    public string PackageFolder => AppContext.BaseDirectory;

    public IHandlerJournal? Journal { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Environment(string host) => _endpoints.Environment;

    public IEventBus Join(HostDescription host) => _bus;

    public IEventStore Events(string host) => _events.Value;

    public IMachine Machine(string host) => _machine;

    public IEngine Engine(string host) => _engine.Value;

    public IHttp Http(string host) => _http;

    public Task FailHostAsync(string host) => throw new NotSupportedException("A host that is real is not failed by its own agent.");

    public void SetCutOff(string host, bool cutOff) => throw new NotSupportedException("A host that is real is not cut off by its own agent.");

    public void Publish(string host, Func<IReadOnlyList<Endpoint>> endpoints) => _endpoints.Write(endpoints);

    public async ValueTask DisposeAsync()
    {
        if (_engine.IsValueCreated) await _engine.Value.DisposeAsync();
        if (_events.IsValueCreated) _events.Value.Dispose();
        _http.Dispose();
    }
}
