using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>The bus as the fleet's code sees it: what is sent shows on the timeline.</summary>
internal sealed class HostEvents(IEventBus bus, ReliableEvents reliable, Timeline timeline, CancellationToken stopping) : IHostEvents
{
    public IReadOnlyList<Member> Members => bus.Members;

    public async Task SendAsync(string name, EventPayload payload, CancellationToken cancellationToken = default)
    {
        // Noted before it is sent: its handlers come after it.
        timeline.Add(TimelineKinds.Event, name, $"from {bus.Self.Name}{(payload.Length > 0 ? $": {payload}" : "")}");
        await bus.SendAsync(name, payload, cancellationToken.CanBeCanceled ? cancellationToken : stopping);
    }

    public Task<ReliableDelivery> SendReliablyAsync(
        string name, EventPayload payload, ReliableTargets targets, TimeSpan? expires = null, CancellationToken cancellationToken = default)
    {
        timeline.Add(TimelineKinds.Event, name, $"from {bus.Self.Name} reliably to {targets}{(payload.Length > 0 ? $": {payload}" : "")}");
        return reliable.SendAsync(name, payload, targets, expires, cancellationToken.CanBeCanceled ? cancellationToken : stopping);
    }

    public async Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken = default)
    {
        timeline.Add(TimelineKinds.Query, query.Name, $"from {bus.Self.Name}");
        return await bus.QueryAsync(query, cancellationToken.CanBeCanceled ? cancellationToken : stopping);
    }
}
