namespace Flotilla.Events;

/// <summary>How an attempt of a handler stands or ended.</summary>
public enum HandlerOutcome
{
    /// <summary>It runs.</summary>
    Started,

    /// <summary>It returned.</summary>
    Completed,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It did not end in time.</summary>
    TimedOut,

    /// <summary>It never ran: too many events were waiting.</summary>
    Dropped,

    /// <summary>The host stopped before it ended, or before it began.</summary>
    Cancelled,

    /// <summary>It had begun before the host stopped or crashed, nobody knows how far it came, and it may not be run again.</summary>
    Unfinished,
}

/// <summary>One line of the journal: an attempt of a handler at an event.</summary>
/// <param name="EventId"><see cref="FleetEvent.Id"/>.</param>
/// <param name="EventText">The event for people: <c>user "slow"</c>.</param>
/// <param name="Handler">The name of the handler.</param>
/// <param name="Host">The name of the host it ran on.</param>
/// <param name="StartedAt">When the attempt began; for one that never ran, when that was decided.</param>
/// <param name="Took">From its begin to its end; zero while it runs.</param>
/// <param name="Waited">From the arrival of the event to the begin of this attempt.</param>
/// <param name="Attempt">Counted from 1; 0 for what never ran.</param>
/// <param name="Outcome">How it stands or ended.</param>
/// <param name="Result">What it returned, as text of at most 4,096 characters; null when it returned nothing.</param>
/// <param name="Error">What went wrong, with the stack of an exception, at most 16,384 characters.</param>
public sealed record HandlerRecord(
    string EventId,
    string EventText,
    string Handler,
    string Host,
    DateTimeOffset StartedAt,
    TimeSpan Took,
    TimeSpan Waited,
    int Attempt,
    HandlerOutcome Outcome,
    string? Result,
    string? Error);
