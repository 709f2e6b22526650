namespace Flotilla.Events;

/// <summary>What a store says to a handler that asks to begin.</summary>
public enum EventClaim
{
    /// <summary>It had never begun with this event.</summary>
    New,

    /// <summary>It had begun and nothing says that it ended: the host stopped or crashed meanwhile.</summary>
    Unfinished,

    /// <summary>It is done with this event.</summary>
    Done,
}

/// <summary>A handler that has begun with an event and is not done.</summary>
/// <param name="Handler">The name of the handler.</param>
/// <param name="EventId"><see cref="FleetEvent.Id"/>.</param>
/// <param name="At">When it began for the last time.</param>
/// <param name="Begun">How often it has begun.</param>
public sealed record UnfinishedRun(string Handler, string EventId, DateTimeOffset At, int Begun);

/// <summary>An event with the number that its sender gave it.</summary>
/// <param name="Number">Rises with each event of one sender; from 1.</param>
/// <param name="Event">The event.</param>
public readonly record struct NumberedEvent(long Number, UserEvent Event);

/// <summary>An event that is to reach its targets, and who has acknowledged it.</summary>
/// <param name="Number">Rises with each event of one store; from 1.</param>
/// <param name="Name">The name of the event.</param>
/// <param name="Payload">What it carries.</param>
/// <param name="Targets">The members it is for, sorted.</param>
/// <param name="Acknowledged">Those of them that have it, sorted.</param>
/// <param name="At">When it was sent for the first time.</param>
/// <param name="ExpiresAt">When it is given up.</param>
/// <param name="Tries">How often it was sent without all of those who were to get it acknowledging.</param>
public sealed record OutgoingEvent(
    long Number,
    string Name,
    EventPayload Payload,
    IReadOnlyList<string> Targets,
    IReadOnlyList<string> Acknowledged,
    DateTimeOffset At,
    DateTimeOffset ExpiresAt,
    int Tries = 0)
{
    /// <summary>Who has not acknowledged it, sorted.</summary>
    public IReadOnlyList<string> Missing => [.. Targets.Except(Acknowledged, StringComparer.Ordinal)];
}
