using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Events.Serf;

namespace Flotilla.Running.Real;

/// <summary>
/// The bus of a program that Serf has started for one event: it receives nothing by itself, and sends and asks through the
/// node's agent, which is connected to when something is sent.
/// </summary>
internal sealed class ScriptBus : IEventBus
{
    private readonly Lazy<Task<SerfGuest>> _guest = new(() =>
        SerfGuest.ConnectAsync(new TcpSerfTransport(), new DoorChoice().Serf, TimeProvider.System, Random.Shared, CancellationToken.None));

    public ScriptBus(SerfScriptCall call, IReadOnlyList<Member> members)
    {
        Members = members.Count > 0 ? members : [call.Self];
        Self = members.FirstOrDefault(member => member.Name == call.Node) ?? call.Self;
    }

    public Member Self { get; }

    public IReadOnlyList<Member> Members { get; }

    public async ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken)
    {
        await (await _guest.Value.WaitAsync(cancellationToken)).SendAsync(name, payload, cancellationToken);
        return 0;
    }

    /// <summary>Others are asked, and not this node: its agent waits for this program.</summary>
    public async Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken)
    {
        var guest = await _guest.Value.WaitAsync(cancellationToken);
        string[] others = [.. (query.Hosts ?? [.. Members.Select(member => member.Name)]).Where(name => name != Self.Name)];
        return await guest.QueryAsync(query with { Hosts = others }, cancellationToken);
    }

    public IDisposable Subscribe(Action<BusDelivery> receive) => new Nothing();

    public Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        throw new ProblemException(new Problem("Tags cannot be set while Serf waits for this program.", Fix: "Run \"flotilla agent\" on the host, or set them with \"serf tags\"."));

    public Task LeaveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_guest.IsValueCreated && _guest.Value.IsCompletedSuccessfully) await (await _guest.Value).DisposeAsync();
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose() { }
    }
}
