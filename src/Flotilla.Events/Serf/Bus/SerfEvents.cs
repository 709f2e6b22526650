namespace Flotilla.Events.Serf;

/// <summary>What Serf delivers, as events of the fleet.</summary>
internal static class SerfEvents
{
    /// <summary>Null for what is only a part, or of a later version.</summary>
    public static UserEvent? User(SerfMessage? message, string name, ReadOnlyMemory<byte> payload, ulong lamportTime, DateTimeOffset now) => message switch
    {
        null => new UserEvent(name, EventPayload.FromBytes(payload.Span), "", lamportTime, now),
        SerfEventMessage sent => new UserEvent(sent.Name ?? name, sent.Payload, sent.Origin, sent.LamportTime, sent.At),
        _ => null,
    };

    /// <summary>Null for what asks for a part, or is of a later version. A payload that comes apart from its query is empty.</summary>
    public static QueryEvent? Query(SerfMessage? message, string name, ReadOnlyMemory<byte> payload, ulong lamportTime, DateTimeOffset now) => message switch
    {
        null => new QueryEvent(name, EventPayload.FromBytes(payload.Span), "", now + Events.Query.DefaultTimeout, lamportTime, now),
        SerfQueryMessage asked => new QueryEvent(
            asked.Name ?? name, asked.Payload ?? EventPayload.Empty, asked.Origin, asked.At + asked.Timeout, asked.LamportTime, asked.At),
        _ => null,
    };
}
