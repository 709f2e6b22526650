using System.Text;

namespace Flotilla.Events;

/// <summary>
/// The payload of the query that carries reliable events. In bytes: the version 1; the sender's incarnation; the lowest number that the
/// sender still sends; then the events up to the end, each its number, its time in milliseconds since 1970, its name and its
/// payload. Numbers are LEB128 of 7 bits a byte, texts are UTF-8; texts and bytes are preceded by their length.
/// </summary>
internal sealed record ReliableMessage(string Incarnation, long Floor, IReadOnlyList<ReliableMessage.Entry> Entries)
{
    /// <summary>The name of the query. Its answer is the single byte 1 when all events are kept.</summary>
    public const string QueryName = "flotilla-reliable";

    private const byte Version = 1;

    /// <summary>The most that the version, the incarnation and the floor take beside a text of the incarnation.</summary>
    private const int HeadBytesMax = 1 + 5 + 10;

    public readonly record struct Entry(long Number, DateTimeOffset At, string Name, EventPayload Payload);

    public static EventPayload Acknowledged { get; } = EventPayload.FromBytes([1]);

    public static string IdOf(string source, long number) => $"reliable:{source}/{number}";

    public static string SourceOf(string sender, string incarnation) => $"{sender}/{incarnation}";

    public static int SizeOfHead(string incarnation) => HeadBytesMax + Encoding.UTF8.GetByteCount(incarnation);

    /// <summary>At most how many bytes an event takes.</summary>
    public static int SizeOf(string name, EventPayload payload) => 10 + 10 + 2 + Encoding.UTF8.GetByteCount(name) + 3 + payload.Length;

    public EventPayload Encode()
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8))
        {
            writer.Write(Version);
            writer.Write(Incarnation);
            writer.Write7BitEncodedInt64(Floor);
            foreach (var entry in Entries)
            {
                writer.Write7BitEncodedInt64(entry.Number);
                writer.Write7BitEncodedInt64(entry.At.ToUnixTimeMilliseconds());
                writer.Write(entry.Name);
                writer.Write7BitEncodedInt(entry.Payload.Length);
                writer.Write(entry.Payload.Bytes.Span);
            }
            writer.Flush();
            return EventPayload.FromBytes(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
    }

    /// <exception cref="FormatException">These are no such bytes; the message says what is wrong.</exception>
    public static ReliableMessage Decode(EventPayload payload)
    {
        using var reader = new BinaryReader(new MemoryStream(payload.Bytes.ToArray()), new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            var version = reader.ReadByte();
            if (version != Version) throw new FormatException($"This host understands version {Version} of reliable events, not {version}.");
            var incarnation = reader.ReadString();
            var floor = reader.Read7BitEncodedInt64();
            var entries = new List<Entry>();
            while (reader.BaseStream.Position < reader.BaseStream.Length)
            {
                var number = reader.Read7BitEncodedInt64();
                var at = DateTimeOffset.FromUnixTimeMilliseconds(reader.Read7BitEncodedInt64());
                var name = reader.ReadString();
                var length = reader.Read7BitEncodedInt();
                if (number < 1 || length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position)
                    throw new FormatException("An event has an impossible number or length.");
                entries.Add(new Entry(number, at, name, EventPayload.FromBytes(reader.ReadBytes(length))));
            }
            return new ReliableMessage(incarnation, floor, entries);
        }
        catch (Exception error) when (error is EndOfStreamException or DecoderFallbackException or ArgumentException or IOException)
        {
            throw new FormatException("It ends in the middle, or holds what is no text or time.", error);
        }
    }
}
