namespace Flotilla.Events;

/// <summary>What a host still has to do with its events, at one moment.</summary>
/// <param name="Outgoing">Reliable events that not all targets have acknowledged, in the order of sending.</param>
/// <param name="Waiting">Events that were received and are not handled by all handlers, in the order in which they came.</param>
/// <param name="Unfinished">Runs that are to happen once, and have begun and not ended: they are under way, or a crash has cut them off.</param>
public sealed record KeptEvents(
    IReadOnlyList<OutgoingEvent> Outgoing, IReadOnlyList<UserEvent> Waiting, IReadOnlyList<UnfinishedRun> Unfinished)
{
    /// <summary>True when there is nothing of all that.</summary>
    public bool IsEmpty => Outgoing.Count + Waiting.Count + Unfinished.Count == 0;

    /// <summary>What a store has.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public static KeptEvents In(IEventStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new KeptEvents(store.Outgoing(), store.Waiting(), store.Unfinished());
    }
}
