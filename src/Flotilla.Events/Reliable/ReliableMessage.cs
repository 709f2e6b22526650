using System.Text;

namespace Flotilla.Events;

/// <summary>
/// The payload of the query that carries reliable events. In bytes: the version 1; the sender's incarnation; the lowest number that the
/// sender still sends; then the events up to the end. Each has how much its number is above that of the one before, and its time in
/// milliseconds after that of the one before, from the lowest number and from 1970 on; then its name and its payload. Numbers are LEB128 of
/// 7 bits a byte, a negative one as its two's complement of 64 bits; texts are UTF-8; texts and bytes are preceded by their length.
/// </summary>
internal sealed record ReliableMessage(string Incarnation, long Floor, IReadOnlyList<ReliableMessage.Entry> Entries)
{
    /// <summary>The name of the query. Its answer is the single byte 1 when all events are kept.</summary>
    public const string QueryName = "flotilla-reliable";

    private const byte Version = 1;

    /// <summary>The most that the version, the incarnation and the floor take beside a text of the incarnation.</summary>
    private const int HeadBytesMax = 1 + 5 + 10;

    /// <summary>Before the first event.</summary>
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    public readonly record struct Entry(long Number, DateTimeOffset At, string Name, EventPayload Payload);

    public static EventPayload Acknowledged { get; } = EventPayload.FromBytes([1]);

    public static string IdOf(string source, long number) => $"reliable:{source}/{number}";

    public static string SourceOf(string sender, string incarnation) => $"{sender}/{incarnation}";

    public static int SizeOfHead(string incarnation) => HeadBytesMax + Encoding.UTF8.GetByteCount(incarnation);

    /// <summary>How many bytes an event takes.</summary>
    /// <param name="entry">The event.</param>
    /// <param name="previous">The one before it in the message; null for the first.</param>
    /// <param name="floor">The lowest number that the sender still sends.</param>
    public static int SizeOf(Entry entry, Entry? previous, long floor)
    {
        var name = Encoding.UTF8.GetByteCount(entry.Name);
        return SizeOf(entry.Number - (previous?.Number ?? floor)) + SizeOf(Milliseconds(previous?.At ?? Epoch, entry.At))
            + SizeOf(name) + name + SizeOf(entry.Payload.Length) + entry.Payload.Length;
    }

    public EventPayload Encode()
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8))
        {
            writer.Write(Version);
            writer.Write(Incarnation);
            writer.Write7BitEncodedInt64(Floor);
            var (number, at) = (Floor, Epoch);
            foreach (var entry in Entries)
            {
                writer.Write7BitEncodedInt64(entry.Number - number);
                writer.Write7BitEncodedInt64(Milliseconds(at, entry.At));
                (number, at) = (entry.Number, entry.At);
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
            var (number, at) = (floor, 0L);
            while (reader.BaseStream.Position < reader.BaseStream.Length)
            {
                number = unchecked(number + reader.Read7BitEncodedInt64());
                at = unchecked(at + reader.Read7BitEncodedInt64());
                var name = reader.ReadString();
                var length = reader.Read7BitEncodedInt();
                if (number < 1 || length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position)
                    throw new FormatException("An event has an impossible number or length.");
                entries.Add(new Entry(number, DateTimeOffset.FromUnixTimeMilliseconds(at), name, EventPayload.FromBytes(reader.ReadBytes(length))));
            }
            return new ReliableMessage(incarnation, floor, entries);
        }
        catch (Exception error) when (error is EndOfStreamException or DecoderFallbackException or ArgumentException or IOException)
        {
            throw new FormatException("It ends in the middle, or holds what is no text or time.", error);
        }
    }

    private static long Milliseconds(DateTimeOffset from, DateTimeOffset to) => to.ToUnixTimeMilliseconds() - from.ToUnixTimeMilliseconds();

    private static int SizeOf(long number)
    {
        var size = 1;
        for (var rest = (ulong)number >> 7; rest > 0; rest >>= 7) size++;
        return size;
    }
}
