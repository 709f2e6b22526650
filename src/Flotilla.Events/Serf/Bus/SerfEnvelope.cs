using System.Buffers;
using System.Text;
using Flotilla.MessagePack;

namespace Flotilla.Events.Serf;

/// <summary>
/// What Flotilla puts around what it sends over Serf, which itself tells no receiver who sent an event, when, or whether an answer
/// is a failure.
/// </summary>
/// <remarks>
/// <para>
/// A payload of Flotilla begins with the bytes <c>C1 46</c>: the first begins no value of MessagePack and no text in UTF-8, so
/// that payloads of others are told apart; the second is the version. One MessagePack array follows. Its first element is a kind, the
/// others are those of the kind; readers pass over elements that they do not know, and leave aside kinds that they do not know.
/// </para>
/// <list type="table">
/// <listheader><term>kind</term><description>elements</description></listheader>
/// <item>
/// <term>0, event</term>
/// <description>origin: string, Lamport time: integer, lead: integer, name: string or nil, payload: binary</description>
/// </item>
/// <item>
/// <term>1, query</term>
/// <description>origin, Lamport time, lead, timeout in milliseconds: integer, name or nil, payload or nil</description>
/// </item>
/// <item><term>2, part</term><description>origin, Lamport time, index: integer, count: integer, bytes: binary</description></item>
/// <item><term>3, request for a part</term><description>origin, Lamport time, index</description></item>
/// <item><term>10, answer</term><description>payload</description></item>
/// <item><term>11, failure</term><description>message: string</description></item>
/// <item><term>12, nothing to answer</term><description>none</description></item>
/// <item><term>13, part of an answer</term><description>index, count, bytes</description></item>
/// </list>
/// <para>
/// The Lamport time is a <see cref="HybridClock"/>'s, in microseconds; lead is how far it is ahead of the sender's time of day. Origin and
/// Lamport time together name a message. The name is nil when the event or query of Serf has it.
/// </para>
/// <para>
/// An event of kind 0 that does not fit into one event of Serf (512 bytes encoded, unless configured otherwise) is cut, envelope
/// included, into parts of kind 2, each in an event of Serf named <see cref="PartName"/>. A query that does not fit is sent twice: whole
/// and cut in that way, and as a query of Serf with nil for the payload, which receivers hold until all parts are there. An answer
/// of kind 10 or 11 that does not fit is cut into parts of kind 13. The member sends the first in place of the answer, and
/// the others when it is asked for them by queries of Serf named <see cref="PartName"/> with kind 3, as Serf takes only one response from
/// each member.
/// </para>
/// <para>
/// Members announce themselves with the tag <see cref="AnnouncementTag"/>: the Lamport time of the announcement, in base 36. It is
/// renewed with each start and each change of tags, and left out when the tags leave no room for it.
/// </para>
/// </remarks>
internal static class SerfEnvelope
{
    /// <summary>The name of events and queries of Serf that carry parts.</summary>
    public const string PartName = "flotilla.part";

    /// <summary>The tag with which members announce themselves.</summary>
    public const string AnnouncementTag = "_flotilla";

    /// <summary>More parts than the largest payload needs at the smallest useful size.</summary>
    public const int PartsMax = 2048;

    private const int EventKind = 0, QueryKind = 1, PartKind = 2, PartRequestKind = 3;
    private const int AnswerKind = 10, FailureKind = 11, DeclineKind = 12, AnswerPartKind = 13;

    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(365);

    // With room for the longest timeout.
    private static readonly DateTimeOffset LatestAt = DateTimeOffset.MaxValue - 2 * TimeoutMax;

    private static ReadOnlySpan<byte> Magic => [0xC1, 0x46];

    public static ReadOnlyMemory<byte> Write(SerfMessage message)
    {
        var output = new ArrayBufferWriter<byte>(256);
        output.Write(Magic);
        var writer = new MessagePackWriter(output);
        switch (message)
        {
            case SerfEventMessage sent:
                Begin(writer, EventKind, 6);
                Head(writer, sent.Origin, sent.LamportTime, sent.At);
                Name(writer, sent.Name);
                writer.WriteBinary(sent.Payload.Bytes.Span);
                break;
            case SerfQueryMessage asked:
                Begin(writer, QueryKind, 7);
                Head(writer, asked.Origin, asked.LamportTime, asked.At);
                writer.Write((long)asked.Timeout.TotalMilliseconds);
                Name(writer, asked.Name);
                if (asked.Payload is null) writer.WriteNil();
                else writer.WriteBinary(asked.Payload.Bytes.Span);
                break;
            case SerfPartMessage part:
                Begin(writer, PartKind, 6);
                writer.Write(part.Origin);
                writer.Write(part.LamportTime);
                writer.Write(part.Index);
                writer.Write(part.Count);
                writer.WriteBinary(part.Bytes.Span);
                break;
            case SerfPartRequest request:
                Begin(writer, PartRequestKind, 4);
                writer.Write(request.Origin);
                writer.Write(request.LamportTime);
                writer.Write(request.Index);
                break;
            case SerfAnswerMessage answer:
                Begin(writer, AnswerKind, 2);
                writer.WriteBinary(answer.Payload.Bytes.Span);
                break;
            case SerfFailureMessage failure:
                Begin(writer, FailureKind, 2);
                writer.Write(failure.Message);
                break;
            case SerfDeclineMessage:
                Begin(writer, DeclineKind, 1);
                break;
            case SerfAnswerPart part:
                Begin(writer, AnswerPartKind, 4);
                writer.Write(part.Index);
                writer.Write(part.Count);
                writer.WriteBinary(part.Bytes.Span);
                break;
            default: throw new ArgumentException($"{message.GetType().Name} cannot be sent.", nameof(message));
        }
        return output.WrittenMemory;
    }

    /// <summary>Null when the payload is not Flotilla's.</summary>
    public static SerfMessage? Read(ReadOnlyMemory<byte> payload)
    {
        if (!payload.Span.StartsWith(Magic)) return null;
        try
        {
            var reader = new MessagePackReader(payload[Magic.Length..]);
            reader.ReadArrayHeader();
            return reader.ReadInt32() switch
            {
                EventKind => Event(ref reader),
                QueryKind => Query(ref reader),
                PartKind => Part(ref reader),
                PartRequestKind => new SerfPartRequest(reader.ReadString(), reader.ReadUInt64(), Index(ref reader)),
                AnswerKind => new SerfAnswerMessage(Payload(ref reader)),
                FailureKind => new SerfFailureMessage(reader.ReadString()),
                DeclineKind => new SerfDeclineMessage(),
                AnswerPartKind => AnswerPart(ref reader),
                _ => new SerfUnknownMessage(),
            };
        }
        catch (MessagePackException)
        {
            return new SerfUnknownMessage();
        }
    }

    /// <summary>How many bytes a part of kind 2 takes besides its bytes, at most.</summary>
    public static int PartOverhead(string origin) => Magic.Length + 2 + 3 + Encoding.UTF8.GetByteCount(origin) + 9 + 3 + 3 + 3;

    /// <summary>How many bytes a part of kind 13 takes besides its bytes, at most.</summary>
    public static int AnswerPartOverhead => Magic.Length + 2 + 3 + 3 + 3;

    /// <summary>Cuts bytes into pieces of a size.</summary>
    public static List<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> whole, int size)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < whole.Length; at += size) pieces.Add(whole.Slice(at, Math.Min(size, whole.Length - at)));
        return pieces;
    }

    private static void Begin(MessagePackWriter writer, int kind, int elements)
    {
        writer.WriteArrayHeader(elements);
        writer.Write(kind);
    }

    private static void Head(MessagePackWriter writer, string origin, ulong lamportTime, DateTimeOffset at)
    {
        writer.Write(origin);
        writer.Write(lamportTime);
        writer.Write((long)(lamportTime - HybridClock.Microseconds(at)));
    }

    private static void Name(MessagePackWriter writer, string? name)
    {
        if (name is null) writer.WriteNil();
        else writer.Write(name);
    }

    private static SerfEventMessage Event(ref MessagePackReader reader)
    {
        var (origin, lamportTime, at) = Head(ref reader);
        return new(origin, lamportTime, at, Name(ref reader), Payload(ref reader));
    }

    private static SerfQueryMessage Query(ref MessagePackReader reader)
    {
        var (origin, lamportTime, at) = Head(ref reader);
        var timeout = TimeSpan.FromMilliseconds(Math.Clamp(reader.ReadInt64(), 0, (long)TimeoutMax.TotalMilliseconds));
        var name = Name(ref reader);
        return new(origin, lamportTime, at, timeout, name, reader.ReadIfNil() ? null : Payload(ref reader));
    }

    private static SerfPartMessage Part(ref MessagePackReader reader)
    {
        var (origin, lamportTime, index, count) = (reader.ReadString(), reader.ReadUInt64(), Index(ref reader), Count(ref reader));
        if (index >= count) throw new MessagePackException("A part is beyond the last.");
        return new(origin, lamportTime, index, count, reader.ReadBinary().ToArray());
    }

    private static SerfAnswerPart AnswerPart(ref MessagePackReader reader)
    {
        var (index, count) = (Index(ref reader), Count(ref reader));
        if (index >= count) throw new MessagePackException("A part is beyond the last.");
        return new(index, count, reader.ReadBinary().ToArray());
    }

    private static (string Origin, ulong LamportTime, DateTimeOffset At) Head(ref MessagePackReader reader)
    {
        var (origin, lamportTime, lead) = (reader.ReadString(), reader.ReadUInt64(), reader.ReadInt64());
        var at = HybridClock.AtMicroseconds(lamportTime - (ulong)lead);
        return at <= LatestAt ? (origin, lamportTime, at) : throw new MessagePackException("The time of day is none.");
    }

    private static string? Name(ref MessagePackReader reader) => reader.ReadIfNil() ? null : reader.ReadString();

    private static EventPayload Payload(ref MessagePackReader reader) => EventPayload.FromBytes(reader.ReadBinary().ToArray());

    private static int Index(ref MessagePackReader reader) => Below(reader.ReadInt32(), 0);

    private static int Count(ref MessagePackReader reader) => Below(reader.ReadInt32(), 1);

    private static int Below(int value, int min) =>
        value >= min && value <= PartsMax ? value : throw new MessagePackException($"{value} parts are none that are sent.");
}
