using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Core.Http.Simulated;
using Flotilla.Core.Simulated;

namespace Flotilla.Apps.Engines.Simulated;

/// <summary>Runs the instances of one simulated host, which behave as the <see cref="AppModel"/> of their app says.</summary>
public sealed class SimulatedEngine : IEngine
{
    private const int FirstPort = 20_000;
    private const int LastPort = 29_999;

    private readonly string _host;
    private readonly SimulatedNetwork _network;
    private readonly IHttp _client;
    private readonly List<SimulatedInstance> _instances = [];
    private readonly HashSet<int> _ports = [];
    private int _nextPort = FirstPort;

    /// <summary>An engine with nothing in it.</summary>
    public SimulatedEngine(string host, SimulatedNetwork network, SimulatedHttp http)
    {
        _host = host;
        _network = network;
        Http = http;
        _client = http.From(host);
    }

    /// <inheritdoc/>
    public string Name => "simulated";

    /// <summary>Every live instance, in the order of their starts.</summary>
    public IReadOnlyList<SimulatedInstance> Instances => [.. _instances];

    internal SimulatedWorld World => _network.World;

    internal SimulatedHttp Http { get; }

    /// <summary>The live run of an instance, or null.</summary>
    public SimulatedInstance? Find(InstanceId id) => _instances.Find(instance => instance.Id == id);

    /// <inheritdoc/>
    public Task<IInstance> StartAsync(InstanceStart start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var endpoints = new OrderedDictionary<string, Uri>(StringComparer.Ordinal);
        var taken = new List<int>();
        try
        {
            foreach (var port in start.App.Ports)
            {
                var number = port.Number ?? FreePort();
                if (port.Number is not null && (Http.IsTaken(_host, number) || _ports.Contains(number)))
                    throw PortTaken(start, port, number);
                _ports.Add(number);
                taken.Add(number);
                endpoints.Add(port.Name, new Uri($"http://{_host}:{number}/"));
            }
        }
        catch (EngineException)
        {
            _ports.ExceptWith(taken);
            throw;
        }
        var instance = new SimulatedInstance(this, start, endpoints);
        _instances.Add(instance);
        _ = instance.LiveAsync();
        return Task.FromResult<IInstance>(instance);
    }

    /// <inheritdoc/>
    public async Task<ProbeResult> ProbeAsync(IInstance instance, HealthCheck check, CancellationToken cancellationToken)
    {
        var simulated = (SimulatedInstance)instance;
        switch (check)
        {
            case HttpHealthCheck http:
                return await HttpProbe.RunAsync(_client, instance, simulated.App, http, cancellationToken);
            case TcpHealthCheck:
                var url = Probes.Endpoint(instance, simulated.App, check);
                return new ProbeResult(simulated.IsReady, simulated.IsReady ? $"{url.Authority}: connected" : $"{url.Authority}: Connection refused");
            case CommandHealthCheck command:
                if (simulated.IsReady && simulated.IsHung) await Task.Delay(check.Timeout, World.Clock, cancellationToken);
                return simulated.ProbeCommand(command);
            default:
                throw new NotSupportedException($"The simulated engine does not know {check.GetType().Name}.");
        }
    }

    /// <summary>Ends a live instance with an exit code; false when there is none.</summary>
    public bool Crash(InstanceId id, int code = 1) => With(id, instance => instance.Crash(code));

    /// <summary>Makes a live instance slower, see <see cref="SimulatedInstance.Slow"/>; false when there is none.</summary>
    public bool Slow(InstanceId id, double factor = AppModel.SlowFactor) => With(id, instance => instance.Slow(factor));

    /// <summary>Switches on a fault that the model knows; false when there is no such instance or no such fault.</summary>
    public bool Fault(InstanceId id, string name) => Find(id)?.Fault(name) ?? false;

    /// <summary>The host fails: everything is gone at once, nothing exits, nobody is told.</summary>
    public void FailHost()
    {
        foreach (var instance in Instances) instance.Vanish();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var instance in Instances) await instance.KillAsync(CancellationToken.None);
    }

    internal void Forget(SimulatedInstance instance)
    {
        if (!_instances.Remove(instance)) return;
        foreach (var url in instance.Endpoints.Values) _ports.Remove(url.Port);
    }

    private bool With(InstanceId id, Action<SimulatedInstance> act)
    {
        if (Find(id) is not { } instance) return false;
        act(instance);
        return true;
    }

    private int FreePort()
    {
        for (var tries = FirstPort; tries <= LastPort; tries++)
        {
            var port = _nextPort;
            _nextPort = port == LastPort ? FirstPort : port + 1;
            if (!_ports.Contains(port) && !Http.IsTaken(_host, port)) return port;
        }
        throw new EngineException(new Problem($"No port from {FirstPort} to {LastPort} is free on {_host}.", Fix: "Run fewer instances on this host."));
    }

    private EngineException PortTaken(InstanceStart start, PortDescription port, int number)
    {
        var owner = _instances.Find(instance => instance.Endpoints.Values.Any(url => url.Port == number));
        return new EngineException(Probes.PortTaken(start, port, number, owner?.Id.ToString() ?? "another program"));
    }
}
