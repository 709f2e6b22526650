using Flotilla.Core;

namespace Flotilla.Events.Tests;

/// <summary>A fleet of some implementation of the bus.</summary>
internal abstract class Fleet
{
    public abstract TimeProvider Time { get; }

    public abstract void Fail(string name);

    protected abstract IEventBus Open(string name, IReadOnlyDictionary<string, string> tags);

    public Host Join(string name, string role = "web") => new(JoinBus(name, role), Time);

    public IEventBus JoinBus(string name, string role = "web") => Open(name, new Dictionary<string, string> { ["role"] = role });

    /// <summary>Members that all know each other, named web-1, web-2, …</summary>
    public async Task<Host[]> JoinAsync(int count)
    {
        Host[] hosts = [.. Enumerable.Range(1, count).Select(i => Join($"web-{i}"))];
        await KnowEachOtherAsync(hosts);
        return hosts;
    }

    public static async Task KnowEachOtherAsync(params Host[] hosts)
    {
        foreach (var host in hosts)
            foreach (var other in hosts)
                await host.UntilAsync(() => host.StatusOf(other.Name) == MemberStatus.Alive, $"{host.Name} knows {other.Name}");
    }
}
