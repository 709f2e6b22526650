using System.Collections.Concurrent;
using Flotilla.Apps;
using Flotilla.Apps.Engines.Real;
using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Core.Http.Real;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;
using Flotilla.Events;

namespace Flotilla.Running.Real;

/// <summary>
/// A whole fleet on this machine: each host is a sandbox root below the state folder with a process engine of its own;
/// an in-process bus connects them.
/// </summary>
internal sealed class LocalFleetWorld : IFleetWorld
{
    private readonly FleetState _state;
    private readonly LocalBus _bus;
    private readonly NetworkHttp _http = new();
    private readonly Dictionary<string, IMachine> _machines = [];
    private readonly Dictionary<string, ProcessEngine> _engines = [];
    private readonly Dictionary<string, SqliteJournal> _events = [];
    private readonly FileJournal _journal;
    private readonly ConcurrentDictionary<string, EndpointsFile> _endpoints = [];

    /// <param name="state">The folder to keep things in.</param>
    /// <param name="packageFolder">Where the built fleet lies; apps run there.</param>
    /// <param name="violated">Told of every broken invariant.</param>
    public LocalFleetWorld(FleetState state, string packageFolder, Action<string> violated)
    {
        (_state, PackageFolder) = (state, packageFolder);
        _bus = new LocalBus(Time);
        _journal = new FileJournal(FleetState.Journal(state.Folder));
        Invariants = new Invariants(violated);
    }

    public TimeProvider Time => TimeProvider.System;

    public string PackageFolder { get; }

    public Random Random => Random.Shared;

    public Invariants Invariants { get; }

    public IHandlerJournal? Journal => _journal;

    public IReadOnlyList<KeyValuePair<string, string>> Environment(string host) => EndpointsOf(host).Environment;

    public IEventBus Join(HostDescription host) => new InletBus(_bus.Join(host.Name, Tags.Of(host)));

    public IEventStore Events(string host) =>
        _events.TryGetValue(host, out var store)
            ? store
            : _events[host] = new SqliteJournal(FleetState.EventsOfUp(_state.Folder, host), Time);

    public IMachine Machine(string host)
    {
        lock (_machines)
        {
            if (_machines.TryGetValue(host, out var machine)) return machine;
            var root = Path.Combine(_state.Folder, "hosts", host);
            PrepareRoot(root);
            return _machines[host] = new LocalMachine(host, root);
        }
    }

    /// <summary>Makes a folder that can stand for a host's root.</summary>
    public static void PrepareRoot(string root)
    {
        foreach (var folder in new[] { "etc", "tmp", "var", "home", "opt", "srv", "usr" }) Directory.CreateDirectory(Path.Combine(root, folder));
        // Users and groups are this machine's: what runs in the sandbox runs under them.
        foreach (var file in new[] { "passwd", "group" })
            if (File.Exists("/etc/" + file)) File.Copy("/etc/" + file, Path.Combine(root, "etc", file), overwrite: true);
    }

    public IEngine Engine(string host) =>
        _engines.TryGetValue(host, out var engine)
            ? engine
            : _engines[host] = new ProcessEngine(new ProcessEngineOptions
            {
                StateDirectory = Path.Combine(_state.Folder, "run", host),
                Http = _http,
                Time = Time,
                Random = Random,
            });

    public IHttp Http(string host) => _http;

    public async Task FailHostAsync(string host)
    {
        _bus.Fail(host);
        if (_engines.Remove(host, out var engine)) await engine.DisposeAsync();
    }

    public void SetCutOff(string host, bool cutOff) =>
        throw new NotSupportedException("The hosts of \"up\" share this machine's network, which cannot be cut. Run this scenario with \"flotilla simulate\".");

    public void Publish(string host, Func<IReadOnlyList<Endpoint>> endpoints) => EndpointsOf(host).Write(endpoints);

    private EndpointsFile EndpointsOf(string host) =>
        _endpoints.GetOrAdd(host, name => new EndpointsFile(Path.Combine(_state.Folder, "endpoints", name + ".json")));

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines.Values) await engine.DisposeAsync();
        await _journal.DisposeAsync();
        foreach (var store in _events.Values) store.Dispose();
        _http.Dispose();
    }
}
