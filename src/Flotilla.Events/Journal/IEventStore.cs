namespace Flotilla.Events;

/// <summary>
/// What a host remembers of its events, so that it knows after a crash what it has received, what its handlers have begun and ended,
/// and what it has promised to send.
/// </summary>
/// <remarks>
/// Every call is one step that is kept whole or not at all. What is said to be kept outlives the program; where the host itself loses
/// its power, <see cref="Begin"/>, <see cref="Receive"/> and <see cref="Enqueue"/> are kept when they return, and the other steps may
/// be undone, the latest first. That is harmless: an event is then sent, and acknowledged, once more, and a handler that had ended counts as unfinished.
/// The calls come from many threads. They throw <see cref="IOException"/> when the disk refuses, and then nothing was kept.
/// </remarks>
public interface IEventStore : IDisposable
{
    /// <summary>
    /// Made with the store and never changed: the numbers of <see cref="Enqueue"/> begin anew with a new store, and
    /// receivers must not take its events for those of the one before.
    /// </summary>
    string Incarnation { get; }

    /// <summary>A handler asks to begin with an event; unless it is done, it is written down that it has begun.</summary>
    EventClaim Begin(string handler, string eventId, DateTimeOffset at);

    /// <summary>A handler is done with an event, whatever came of it, and never begins with it again.</summary>
    void Done(string handler, string eventId, HandlerOutcome outcome);

    /// <summary>What has begun and is not done, in the order of beginning.</summary>
    IReadOnlyList<UnfinishedRun> Unfinished();

    /// <summary>Keeps an event that came over the bus until <see cref="Handled"/>; one that is kept already stays as it is.</summary>
    void Keep(UserEvent received);

    /// <summary>Keeps events that a sender sends until they are acknowledged, and says which of them are new.</summary>
    /// <param name="source">Who counts them: the sender and its <see cref="Incarnation"/>.</param>
    /// <param name="floor">
    /// The sender no longer sends any with a lower number: they need not be remembered, and are not new if one should still come.
    /// </param>
    /// <param name="events">With their numbers.</param>
    IReadOnlyList<UserEvent> Receive(string source, long floor, IReadOnlyList<NumberedEvent> events);

    /// <summary>All handlers are done with an event that was kept: it is not replayed any more.</summary>
    void Handled(string eventId);

    /// <summary>The events that are kept and not handled, in the order in which they came.</summary>
    IReadOnlyList<UserEvent> Waiting();

    /// <summary>How many <see cref="Waiting"/> has.</summary>
    int WaitingCount { get; }

    /// <summary>Keeps an event that is to be sent until each of its targets has acknowledged it, and gives it a number that rises.</summary>
    OutgoingEvent Enqueue(string name, EventPayload payload, IReadOnlyList<string> targets, DateTimeOffset at, DateTimeOffset expiresAt);

    /// <summary>A target has acknowledged these events.</summary>
    void Acknowledge(IReadOnlyList<long> numbers, string target);

    /// <summary>These events were sent once more, and not all of those who were to get them have acknowledged.</summary>
    void Tried(IReadOnlyList<long> numbers);

    /// <summary>These events are sent no more: all targets have acknowledged, or it was too late.</summary>
    void Close(IReadOnlyList<long> numbers);

    /// <summary>What was enqueued and not closed, in the order of the numbers.</summary>
    IReadOnlyList<OutgoingEvent> Outgoing();
}
