using Flotilla.Apps;
using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>A running fleet: an agent for each host, on one world, with one timeline.</summary>
internal sealed class FleetRuntime : IRunningFleet
{
    private readonly Dictionary<string, HostAgent> _agents = [];
    private readonly IFleetWorld _world;
    private IDisposable? _members;

    private readonly IReadOnlyList<HostDescription> _hosts;

    /// <param name="fleet">What to run.</param>
    /// <param name="world">What stands behind it.</param>
    /// <param name="timeline">Where it is told what happens.</param>
    /// <param name="only">The one host that is run here; null for all.</param>
    public FleetRuntime(FleetDescription fleet, IFleetWorld world, Timeline timeline, HostDescription? only = null)
    {
        (Fleet, _world, Timeline) = (fleet, world, timeline);
        _hosts = only is null ? fleet.Hosts : [only];
    }

    public FleetDescription Fleet { get; }

    public Timeline Timeline { get; }

    public TimeProvider Time => _world.Time;

    /// <summary>The agents of the hosts that are up, in the order of their declaration.</summary>
    public IReadOnlyList<HostAgent> Agents => [.. Fleet.Hosts.Select(host => _agents.GetValueOrDefault(host.Name)).OfType<HostAgent>()];

    public IReadOnlyList<IHost> Hosts => Agents;

    public IReadOnlyList<InstanceSnapshot> Instances => [.. Agents.SelectMany(agent => agent.Instances)];

    public Task StartAsync(CancellationToken cancellationToken) => StartAsync(handlersOnly: false, cancellationToken);

    /// <summary>Brings the hosts up.</summary>
    /// <param name="handlersOnly">Leaves resources and apps alone.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartAsync(bool handlersOnly, CancellationToken cancellationToken)
    {
        // All join before one starts: instances then stay where they are first placed.
        foreach (var host in _hosts) Add(host);
        foreach (var agent in Agents) agent.Listen();
        if (handlersOnly) return;
        foreach (var agent in Agents) await agent.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _members?.Dispose();
        await Task.WhenAll(Agents.Select(agent => agent.StopAsync(cancellationToken)));
        _agents.Clear();
    }

    public KeptEvents Kept(string host) => KeptEvents.In(_world.Events(host));

    public async Task<bool> DoAsync(InstanceId instance, InstanceFault fault, CancellationToken cancellationToken)
    {
        // While a slot moves, two hosts know it, and one has its live run.
        if (Agents.SelectMany(agent => agent.HostApps).Select(app => app.Supervisor.Running(instance)).FirstOrDefault(run => run is not null) is not { } live)
            return false;
        await (fault switch
        {
            InstanceFault.Kill => live.KillAsync(cancellationToken),
            InstanceFault.Suspend => live.SuspendAsync(cancellationToken),
            _ => live.ResumeAsync(cancellationToken),
        });
        return true;
    }

    public async Task CrashHostAsync(string host)
    {
        var agent = (HostAgent)this.Host(host);
        Timeline.Add(TimelineKinds.Fault, host, "the host crashes");
        _agents.Remove(host);
        var abandoned = agent.AbandonAsync();
        await _world.FailHostAsync(host);
        await abandoned;
        FollowMembers();
    }

    public async Task RestartHostAsync(string host, CancellationToken cancellationToken)
    {
        if (_agents.ContainsKey(host)) await CrashHostAsync(host);
        Timeline.Add(TimelineKinds.Fault, host, "the host starts again");
        Add(Fleet.Hosts.First(known => known.Name == host));
        _agents[host].Listen();
        await _agents[host].StartAsync(cancellationToken);
    }

    public Task SetCutOffAsync(string host, bool cutOff)
    {
        this.Host(host);
        _world.SetCutOff(host, cutOff);
        Timeline.Add(TimelineKinds.Fault, host, cutOff ? "the host is cut off from the network" : "the host is on the network again");
        return Task.CompletedTask;
    }

    private void Add(HostDescription host)
    {
        _agents[host.Name] = new HostAgent(Fleet, host, _world, Timeline);
        FollowMembers();
    }

    // Membership as the first host that is up sees it goes to the timeline: one line for each change, not one for each host.
    private void FollowMembers()
    {
        _members?.Dispose();
        _members = Agents.Count == 0 ? null : Agents[0].Bus.Subscribe(delivery =>
        {
            if (delivery.Event is MemberEvent e)
                Timeline.Add(TimelineKinds.Member, e.Member.Name, e.Change switch
                {
                    MemberChange.Join => "joined",
                    MemberChange.Leave => "left",
                    MemberChange.Failed => "failed",
                    MemberChange.Update => "changed its tags",
                    _ => "was forgotten",
                });
        });
    }
}
