using Flotilla.Apps;
using Flotilla.Commands;
using Flotilla.Events;

namespace Flotilla.Running.Real.Rehearsal;

/// <summary>
/// The fleet as it will be, on this machine: each host has a network of its own, a Serf agent and the process <c>agent</c> that it will
/// have, and scenarios reach them as people do.
/// </summary>
internal sealed class RehearsedFleet : IRunningFleet, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RehearsedHost> _hosts = [];
    private readonly IReadOnlyList<string> _program;
    private readonly HostNetwork _network;
    private readonly string _folder;

    /// <param name="fleet">The fleet.</param>
    /// <param name="timeline">Gets what the hosts tell.</param>
    /// <param name="program">The fleet's program and its first arguments.</param>
    /// <param name="folder">Where the hosts keep everything; it is empty.</param>
    public RehearsedFleet(FleetDescription fleet, Timeline timeline, IReadOnlyList<string> program, string folder)
    {
        (Fleet, Timeline, _program, _folder) = (fleet, timeline, program, folder);
        _network = HostNetwork.Create([.. fleet.Hosts.Select(host => host.Name)]);
    }

    public FleetDescription Fleet { get; }

    public Timeline Timeline { get; }

    public TimeProvider Time => TimeProvider.System;

    public IReadOnlyList<IHost> Hosts => Up;

    public IReadOnlyList<InstanceSnapshot> Instances => [.. Up.SelectMany(host => host.Instances)];

    private IReadOnlyList<RehearsedHost> Up
    {
        get
        {
            lock (_lock) return [.. Fleet.Hosts.Select(host => _hosts.GetValueOrDefault(host.Name)).OfType<RehearsedHost>()];
        }
    }

    public KeptEvents Kept(string host) => FleetState.EventsOfAgent(FleetState.AgentFolder(Path.Combine(_folder, host), host)) is var path && File.Exists(path)
        ? SqliteJournal.ReadKept(path)
        : KeptEvents.In(new MemoryEventStore());

    public async Task StartAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(Fleet.Hosts.Select(Start).ToList().Select(host => host.UntilReadyAsync(cancellationToken)));

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var up = Up;
        await Task.WhenAll(up.Select(host => host.StopAsync(cancellationToken)));
        foreach (var host in up) await host.DisposeAsync();
        lock (_lock) _hosts.Clear();
    }

    public async Task CrashHostAsync(string host)
    {
        var gone = (RehearsedHost)this.Host(host);
        Timeline.Add(TimelineKinds.Fault, host, "the host crashes");
        lock (_lock) _hosts.Remove(host);
        _network.Kill(host);
        await gone.DisposeAsync();
    }

    public async Task RestartHostAsync(string host, CancellationToken cancellationToken)
    {
        if (Up.Any(known => known.Name == host)) await CrashHostAsync(host);
        Timeline.Add(TimelineKinds.Fault, host, "the host starts again");
        await Start(Fleet.Hosts.First(known => known.Name == host)).UntilReadyAsync(cancellationToken);
    }

    public Task SetCutOffAsync(string host, bool cutOff)
    {
        this.Host(host);
        _network.SetCutOff(host, cutOff);
        Timeline.Add(TimelineKinds.Fault, host, cutOff ? "the host is cut off from the network" : "the host is on the network again");
        return Task.CompletedTask;
    }

    public async Task<bool> DoAsync(InstanceId instance, InstanceFault fault, CancellationToken cancellationToken)
    {
        foreach (var host in Up)
            if (await host.DoAsync(instance, fault, cancellationToken)) return true;
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        _network.Dispose();
        foreach (var host in Up) await host.DisposeAsync();
    }

    private RehearsedHost Start(HostDescription host)
    {
        var others = Fleet.Hosts.Where(other => other.Name != host.Name).Select(other => _network.AddressOf(other.Name));
        var started = RehearsedHost.Start(Fleet, host, _network, [.. others], _program, Path.Combine(_folder, host.Name), Happened);
        lock (_lock) _hosts[host.Name] = started;
        return started;
    }

    // Membership as the first host that is up sees it: one line for each change, not one for each host.
    private void Happened(RehearsedHost host, TimelineEntryOutput entry)
    {
        if (entry.Kind == TimelineKinds.Member && Up is [var first, ..] && first != host) return;
        Timeline.Add(entry.Kind, entry.Subject, entry.Text);
    }
}
