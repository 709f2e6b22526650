namespace Flotilla.Events.Serf;

/// <summary>Something that an agent sends on a stream, or that the client adds to it.</summary>
public abstract record SerfRecord;

/// <summary>Members joined, left, failed, changed or were removed.</summary>
/// <param name="Event"><c>member-join</c>, <c>member-leave</c>, <c>member-failed</c>, <c>member-update</c> or <c>member-reap</c>.</param>
/// <param name="Members">Whom it concerns, as they are now. Agents repeat updates: compare with what is known.</param>
public sealed record SerfMemberRecord(string Event, IReadOnlyList<SerfMember> Members) : SerfRecord;

/// <summary>A user event.</summary>
/// <param name="Name">Its name; any text.</param>
/// <param name="Payload">What it carries.</param>
/// <param name="LamportTime">Serf's own time of user events.</param>
/// <param name="Coalesce">Whether agents may leave out all but the latest of this name; false for replayed events.</param>
public sealed record SerfUserRecord(string Name, ReadOnlyMemory<byte> Payload, ulong LamportTime, bool Coalesce) : SerfRecord;

/// <summary>A query that this member may answer.</summary>
/// <param name="Id">For <see cref="SerfClient.RespondAsync"/> on the same connection.</param>
/// <param name="Name">Its name; any text.</param>
/// <param name="Payload">What it carries.</param>
/// <param name="LamportTime">Serf's own time of queries.</param>
public sealed record SerfQueryRecord(ulong Id, string Name, ReadOnlyMemory<byte> Payload, ulong LamportTime) : SerfRecord
{
    /// <summary>The connection on which it came; another one may give the same id to another query.</summary>
    internal SerfClient? Client { get; init; }

    /// <summary>Answers on the connection on which the query came.</summary>
    /// <inheritdoc cref="SerfClient.RespondAsync"/>
    /// <exception cref="InvalidOperationException">It came on no connection.</exception>
    public Task RespondAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Client?.RespondAsync(Id, payload, cancellationToken) ?? throw new InvalidOperationException("The query came on no connection.");
}

/// <summary>A member has received the query.</summary>
/// <param name="From">Its name.</param>
public sealed record SerfAckRecord(string From) : SerfRecord;

/// <summary>A member has answered the query.</summary>
/// <param name="From">Its name.</param>
/// <param name="Payload">What it said; may be empty.</param>
public sealed record SerfResponseRecord(string From, ReadOnlyMemory<byte> Payload) : SerfRecord;

/// <summary>A line of the agent's log.</summary>
/// <param name="Line">As the agent writes it, with time and level.</param>
public sealed record SerfLogRecord(string Line) : SerfRecord;

/// <summary>Here something is missing.</summary>
/// <param name="Cause">Why.</param>
/// <param name="Lost">How many records; null when nobody knows.</param>
/// <param name="From">When it began.</param>
/// <param name="Until">When it ended.</param>
public sealed record SerfGapRecord(SerfGapCause Cause, long? Lost, DateTimeOffset From, DateTimeOffset Until) : SerfRecord;

/// <summary>Why records are missing.</summary>
public enum SerfGapCause
{
    /// <summary>The consumer lagged behind by more than <see cref="SerfOptions.StreamCapacity"/>.</summary>
    SlowConsumer,

    /// <summary>
    /// The Lamport times of user events have a hole: the agent's own queue was full, or the gossip lost them. Events
    /// that were coalesced, or sent before this agent joined, leave such a hole too.
    /// </summary>
    NotReceived,

    /// <summary>There was no connection to the agent.</summary>
    Disconnected,
}
