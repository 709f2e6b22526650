using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>A running fleet: an agent for each host, on one world, with one timeline.</summary>
internal sealed class FleetRuntime
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

    public IReadOnlyList<InstanceSnapshot> Instances => [.. Agents.SelectMany(agent => agent.Instances)];

    /// <summary>Brings the hosts up.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="handlersOnly">Leaves resources and apps alone.</param>
    public async Task StartAsync(CancellationToken cancellationToken, bool handlersOnly = false)
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

    public HostAgent Agent(string host) => _agents.GetValueOrDefault(host)
        ?? throw new ArgumentException($"Host \"{host}\" is not up. {Suggestion.Sentence(host, _agents.Keys)}", nameof(host));

    /// <summary>The live run of an instance and the agent that has it, if one does: while a slot moves, two hosts know it.</summary>
    public (HostAgent Agent, IInstance Instance)? Find(InstanceId id)
    {
        foreach (var agent in Agents)
            foreach (var app in agent.HostApps)
                if (app.Supervisor.Running(id) is { } instance) return (agent, instance);
        return null;
    }

    public async Task CrashHostAsync(string host)
    {
        var agent = Agent(host);
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

    public void SetCutOff(string host, bool cutOff)
    {
        Agent(host);
        _world.SetCutOff(host, cutOff);
        Timeline.Add(TimelineKinds.Fault, host, cutOff ? "the host is cut off from the network" : "the host is on the network again");
    }

    private void Add(HostDescription host)
    {
        _agents[host.Name] = new HostAgent(Fleet, host, _world, Timeline, () => _world.Publish(() => Instances));
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
