using Flotilla.Commands;
using Flotilla.Events;

namespace Flotilla.Running.Real;

/// <summary>The way of a command to the members: through a fleet that runs here, or through an agent of Serf.</summary>
internal interface IEventDoor : IAsyncDisposable
{
    /// <summary>Through whom, for people: <c>the agent of web-1</c>.</summary>
    string Via { get; }

    Task<IReadOnlyList<MemberOutput>> MembersAsync(CancellationToken cancellationToken);

    Task SendAsync(string name, EventPayload payload, CancellationToken cancellationToken);

    Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken);

    /// <summary>What happens from now on.</summary>
    IAsyncEnumerable<HappenedOutput> TailAsync(CancellationToken cancellationToken);
}

/// <summary>A running <c>up</c> or <c>agent</c>.</summary>
internal sealed class ControlDoor(string socket, string via) : IEventDoor
{
    public string Via => via;

    public async Task<IReadOnlyList<MemberOutput>> MembersAsync(CancellationToken cancellationToken) =>
        (await AskAsync(new ControlRequest(ControlRequest.Members), cancellationToken)).Members ?? [];

    public Task SendAsync(string name, EventPayload payload, CancellationToken cancellationToken) =>
        AskAsync(new ControlRequest(ControlRequest.Send, name, Bytes: payload.Bytes.ToArray()), cancellationToken);

    public async Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken) =>
        (await AskAsync(new ControlRequest(ControlRequest.Query, query.Name, Bytes: query.Payload.Bytes.ToArray(), Role: query.Role, Hosts: query.Hosts,
            TimeoutSeconds: (query.Timeout ?? Query.DefaultTimeout).TotalSeconds), cancellationToken)).Query!.ToResult();

    public IAsyncEnumerable<HappenedOutput> TailAsync(CancellationToken cancellationToken) => ControlClient.TailAsync(socket, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<ControlReply> AskAsync(ControlRequest request, CancellationToken cancellationToken) =>
        (await ControlClient.AskAsync(socket, request, cancellationToken) ?? throw new IOException($"It has stopped meanwhile: {via}.")).OrThrow();
}
