namespace Flotilla.Events;

/// <summary>
/// One member's way to the others: who is there, events that all get, queries that all answer.
/// </summary>
/// <remarks>
/// Delivery across hosts is best effort, as with Serf: an event reaches each alive member at most once, usually all of them, and
/// two events may arrive in different orders at different members. <see cref="FleetEvent.LamportTime"/> tells which came
/// first. After the member has left, failed or been disposed of, sending throws <see cref="EventBusClosedException"/>.
/// Disposing of a bus does not say goodbye: to the others a program that ends without leaving has failed.
/// </remarks>
public interface IEventBus : IAsyncDisposable
{
    /// <summary>This member.</summary>
    Member Self { get; }

    /// <summary>Every member this one knows of, the departed that are not yet reaped included, sorted by name.</summary>
    IReadOnlyList<Member> Members { get; }

    /// <summary>Sends an event to every alive member, this one included.</summary>
    /// <param name="name">1 to 256 bytes of UTF-8 without control characters that do not begin with <c>_serf_</c>.</param>
    /// <param name="payload">At most <see cref="EventLimits.PayloadBytesMax"/>.</param>
    /// <param name="cancellationToken">Gives up sending; what has been sent stays sent.</param>
    /// <returns>The event's Lamport time, greater than that of every event this member has sent or received before.</returns>
    /// <exception cref="Core.ProblemException">Name or payload is not allowed.</exception>
    /// <exception cref="EventBusClosedException">This member is gone.</exception>
    ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the addressed members that are alive. Ends as soon as all of them have answered, failed, declined or died,
    /// at the latest after the timeout; at once when nobody is addressed.
    /// </summary>
    /// <exception cref="Core.ProblemException">Name, payload or timeout is not allowed.</exception>
    /// <exception cref="EventBusClosedException">This member is gone, or went while it waited.</exception>
    Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken);

    /// <summary>
    /// Hands over all that this member receives until the result is disposed of; one delivery that is under way then may
    /// still come. The first subscriber also gets a <see cref="MemberChange.Join"/> for every member that was alive when
    /// this one joined, itself included, and the latest 1,024 events since, so that nothing is lost before it listens.
    /// </summary>
    /// <param name="receive">Called for one delivery after the other; must return quickly and must not throw.</param>
    /// <exception cref="EventBusClosedException">This member is gone.</exception>
    IDisposable Subscribe(Action<BusDelivery> receive);

    /// <summary>Replaces the tags of this member; all members get a <see cref="MemberChange.Update"/>.</summary>
    /// <exception cref="Core.ProblemException">The tags take more than <see cref="EventLimits.TagsBytesMax"/>.</exception>
    /// <exception cref="EventBusClosedException">This member is gone.</exception>
    Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken);

    /// <summary>
    /// Says goodbye: the others see <see cref="MemberChange.Leave"/>, this member receives nothing more. Leaving
    /// twice is no error.
    /// </summary>
    Task LeaveAsync(CancellationToken cancellationToken);
}

/// <summary>What a subscriber gets.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Respond">For a <see cref="QueryEvent"/> the way back to the asker; otherwise null.</param>
public readonly record struct BusDelivery(FleetEvent Event, IQueryResponder? Respond);

/// <summary>
/// One member's way back to the asker of one query. The first word counts; everything after it is left aside.
/// </summary>
public interface IQueryResponder
{
    /// <summary>Answers. False when it came too late, or was not the first word.</summary>
    /// <exception cref="Core.ProblemException">More than <see cref="EventLimits.PayloadBytesMax"/>.</exception>
    ValueTask<bool> AnswerAsync(EventPayload answer, CancellationToken cancellationToken);

    /// <summary>Says that an answer was tried and failed. False when it came too late, or was not the first word.</summary>
    /// <param name="message">Why, in a line; cut at 4,096 characters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<bool> FailAsync(string message, CancellationToken cancellationToken);

    /// <summary>Says that this member has nothing to answer, so that nobody waits for it. False as for the others.</summary>
    ValueTask<bool> DeclineAsync(CancellationToken cancellationToken);
}
