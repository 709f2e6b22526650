using Flotilla.Core;
using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests.Serf;

/// <summary>The contract of the bus on real agents: one for each member, new ones for each test.</summary>
public sealed class SerfBusContractTests : EventBusContract
{
    private protected override async Task RunAsync(Func<Fleet, Task> body)
    {
        Assert.SkipWhen(SerfAgent.Missing is not null, SerfAgent.Missing ?? "");
        await using var fleet = new SerfFleet();
        try
        {
            await body(fleet);
        }
        catch (Exception error) when (error is TimeoutException or ShouldAssertException)
        {
            throw new InvalidOperationException($"{error.Message}\nSaid: {string.Join("\n", fleet.Reports)}\n{fleet.Logs}", error);
        }
    }
}

internal sealed class SerfFleet : Fleet, IAsyncDisposable
{
    private readonly Dictionary<string, (SerfAgent Agent, SerfBus Bus)> _members = [];
    private readonly List<SerfAgent> _agents = [];

    public override TimeProvider Time => TimeProvider.System;

    public List<string> Reports { get; } = [];

    public string Logs => string.Join("\n", _agents.Select(agent => $"--- {agent.Name}\n{agent.Log}"));

    public SerfAgent AgentOf(string name) => _members[name].Agent;

    public override void Fail(string name)
    {
        if (!_members.TryGetValue(name, out var member)) throw EventLimits.NoMember(name, _members.Keys);
        Wait(async () => await member.Bus.DisposeAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, bus) in _members.Values) await bus.DisposeAsync();
        foreach (var agent in _agents) await agent.DisposeAsync();
    }

    protected override IEventBus Open(string name, IReadOnlyDictionary<string, string> tags)
    {
        // Serf itself would let the second one start, and then make one of the two quit.
        if (_members.TryGetValue(name, out var present) && present.Agent.IsRunning && present.Bus.Self.Status == MemberStatus.Alive)
            throw new ProblemException(new Problem(
                $"A member \"{name}\" is already there.", Why: "It is alive at 127.0.0.1.", Fix: "Give each host its own name."));
        // A host that comes back has its address still.
        var agent = present.Agent ?? new SerfAgent(name);
        if (!_agents.Contains(agent)) _agents.Add(agent);
        SerfBus? bus = null;
        Wait(async () =>
        {
            await agent.KillAsync();
            await agent.StartAsync();
            bus = await SerfBus.AttachAsync(await agent.OpenAsync(), new SerfBusOptions
            {
                Tags = tags,
                Join = [.. _members.Values.Where(member => member.Agent.IsRunning && member.Bus.Self.Status == MemberStatus.Alive).Select(member => member.Agent.Gossip)],
                Owned = agent.AsOwned(),
                MembersInterval = TimeSpan.FromMilliseconds(100),
                Report = Note,
            }, TimeProvider.System, CancellationToken.None);
        });
        _members[name] = (agent, bus!);
        return bus!;
    }

    private void Note(string report)
    {
        lock (Reports) Reports.Add(report);
    }

    private static void Wait(Func<Task> act) => Task.Run(act).GetAwaiter().GetResult();
}
