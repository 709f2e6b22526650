using System.Runtime.CompilerServices;
using Flotilla.Commands;
using Flotilla.Events;
using Flotilla.Events.Serf;

namespace Flotilla.Running.Real;

/// <summary>An agent of Serf, with no agent of the fleet beside it that could be asked.</summary>
internal sealed class SerfDoor(SerfGuest guest) : IEventDoor
{
    public string Via => $"the Serf agent at {guest.Agent}";

    /// <summary>For what only Serf knows.</summary>
    public SerfGuest Guest => guest;

    public async Task<IReadOnlyList<MemberOutput>> MembersAsync(CancellationToken cancellationToken) =>
        [.. (await guest.MembersAsync(cancellationToken)).Select(MemberOutput.Of)];

    public Task SendAsync(string name, EventPayload payload, CancellationToken cancellationToken) => guest.SendAsync(name, payload, cancellationToken);

    public Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken) => guest.QueryAsync(query, cancellationToken);

    public async IAsyncEnumerable<HappenedOutput> TailAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var happened in guest.ListenAsync(cancellationToken))
            if (!EventLimits.IsOwn(happened)) yield return HappenedOutput.Of(happened);
    }

    public ValueTask DisposeAsync() => guest.DisposeAsync();
}
