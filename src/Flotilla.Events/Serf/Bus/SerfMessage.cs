namespace Flotilla.Events.Serf;

/// <summary>What Flotilla puts into the payloads of Serf.</summary>
internal abstract record SerfMessage;

/// <summary>A user event; the name is null when it is that of the event of Serf.</summary>
internal sealed record SerfEventMessage(string Origin, ulong LamportTime, DateTimeOffset At, string? Name, EventPayload Payload) : SerfMessage;

/// <summary>A query; the payload is null when it comes apart from it, in parts.</summary>
internal sealed record SerfQueryMessage(
    string Origin, ulong LamportTime, DateTimeOffset At, TimeSpan Timeout, string? Name, EventPayload? Payload) : SerfMessage;

/// <summary>A piece of an event or query that is too large for one event of Serf.</summary>
internal sealed record SerfPartMessage(string Origin, ulong LamportTime, int Index, int Count, ReadOnlyMemory<byte> Bytes) : SerfMessage;

/// <summary>Asks a member for a piece of its answer to a query.</summary>
internal sealed record SerfPartRequest(string Origin, ulong LamportTime, int Index) : SerfMessage;

/// <summary>An answer.</summary>
internal sealed record SerfAnswerMessage(EventPayload Payload) : SerfMessage;

/// <summary>An answer was tried and failed.</summary>
internal sealed record SerfFailureMessage(string Message) : SerfMessage;

/// <summary>There is nothing to answer.</summary>
internal sealed record SerfDeclineMessage : SerfMessage;

/// <summary>A piece of an answer that is too large for one response of Serf. The first comes unasked.</summary>
internal sealed record SerfAnswerPart(int Index, int Count, ReadOnlyMemory<byte> Bytes) : SerfMessage;

/// <summary>Something of a later version, or damaged.</summary>
internal sealed record SerfUnknownMessage : SerfMessage;
