using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests.Serf;

/// <summary>Agents that know each other, one cluster for a class of tests; <c>n1</c> has the role db, the others web.</summary>
public class SerfCluster : IAsyncLifetime
{
    private readonly List<SerfAgent> _agents = [];

    internal IReadOnlyList<SerfAgent> Agents => _agents;

    internal virtual int Size => 3;

    internal virtual string[] Arguments => [];

    public async ValueTask InitializeAsync()
    {
        if (SerfAgent.Missing is not null) return;
        for (var i = 1; i <= Size; i++)
        {
            var tags = new Dictionary<string, string> { ["role"] = i == 1 ? "db" : "web" };
            _agents.Add(new SerfAgent($"n{i}", tags, join: i == 1 ? null : _agents[0].Gossip, more: Arguments));
        }
        await Task.WhenAll(_agents.Select(agent => agent.StartAsync()));
        foreach (var agent in _agents) await KnowsAllAsync(agent);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents) await agent.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task KnowsAllAsync(SerfAgent agent)
    {
        await using var client = await agent.ConnectAsync();
        IReadOnlyList<SerfMember> members = [];
        await Until.HoldsAsync(async () =>
        {
            members = await client.MembersAsync(CancellationToken.None);
            return members.Count(member => member.Status == "alive") == Size;
        }, () => $"{agent.Name} knows all; it knows {string.Join(", ", members.Select(member => $"{member.Name} {member.Status}"))}");
    }
}
