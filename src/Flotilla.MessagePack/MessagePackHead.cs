using System.Buffers.Binary;

namespace Flotilla.MessagePack;

/// <summary>
/// The first bytes of a value: its type, and its number, which is the value itself, its length, or its count.
/// </summary>
/// <remarks>
/// After the specification, https://github.com/msgpack/msgpack/blob/master/spec.md. Floats are kept as their bits; a negative
/// integer as the bits of an <see cref="long"/>.
/// </remarks>
internal readonly record struct MessagePackHead(MessagePackType Type, int Size, ulong Number, bool IsNegative = false, sbyte Extension = 0)
{
    /// <summary>The longest head.</summary>
    public const int SizeMax = 9;

    /// <summary>How many bytes follow the head and belong to the value; elements do not count.</summary>
    public long BodyLength => Type is MessagePackType.String or MessagePackType.Binary or MessagePackType.Extension ? (long)Number : 0;

    /// <summary>How many values follow the head and belong to the value.</summary>
    public long Items => Type switch
    {
        MessagePackType.Array => (long)Number,
        MessagePackType.Map => 2 * (long)Number,
        _ => 0,
    };

    /// <summary>How many bytes the head has that begins with <paramref name="code"/>.</summary>
    public static int SizeOf(byte code) => code switch
    {
        0xC4 or 0xCC or 0xD0 or 0xD9 => 2,
        >= 0xD4 and <= 0xD8 => 2,
        0xC5 or 0xC7 or 0xCD or 0xD1 or 0xDA or 0xDC or 0xDE => 3,
        0xC8 => 4,
        0xC6 or 0xCA or 0xCE or 0xD2 or 0xDB or 0xDD or 0xDF => 5,
        0xC9 => 6,
        0xCB or 0xCF or 0xD3 => 9,
        _ => 1,
    };

    /// <summary>Reads a whole head and holds it against the limits.</summary>
    public static MessagePackHead Read(ReadOnlySpan<byte> head, MessagePackLimits limits)
    {
        var read = Read(head);
        if (read.BodyLength > limits.LengthMax)
            throw new MessagePackException($"{Name(read.Type)} of {read.Number:N0} bytes is declared; the limit is {limits.LengthMax:N0}.");
        if (read.Items > 0 && read.Number > (ulong)limits.CountMax)
            throw new MessagePackException($"{Name(read.Type)} of {read.Number:N0} elements is declared; the limit is {limits.CountMax:N0}.");
        return read;
    }

    /// <summary>For messages: <c>A map</c>, <c>An array</c>.</summary>
    public static string Name(MessagePackType type) => type switch
    {
        MessagePackType.Nil => "A nil",
        MessagePackType.Integer => "An integer",
        MessagePackType.Array => "An array",
        MessagePackType.Extension => "An extension",
        _ => "A " + type.ToString().ToLowerInvariant(),
    };

    private static MessagePackHead Read(ReadOnlySpan<byte> head)
    {
        var code = head[0];
        var rest = head[1..];
        return code switch
        {
            <= 0x7F => new(MessagePackType.Integer, 1, code),
            <= 0x8F => new(MessagePackType.Map, 1, (ulong)(code & 0x0F)),
            <= 0x9F => new(MessagePackType.Array, 1, (ulong)(code & 0x0F)),
            <= 0xBF => new(MessagePackType.String, 1, (ulong)(code & 0x1F)),
            0xC0 => new(MessagePackType.Nil, 1, 0),
            0xC1 => throw new MessagePackException("The byte C1 begins no value of MessagePack."),
            0xC2 or 0xC3 => new(MessagePackType.Boolean, 1, (ulong)(code - 0xC2)),
            0xC4 or 0xC5 or 0xC6 => new(MessagePackType.Binary, head.Length, Unsigned(rest)),
            0xC7 or 0xC8 or 0xC9 => new(MessagePackType.Extension, head.Length, Unsigned(rest[..^1]), Extension: (sbyte)rest[^1]),
            0xCA or 0xCB => new(MessagePackType.Float, head.Length, Unsigned(rest)),
            <= 0xCF => new(MessagePackType.Integer, head.Length, Unsigned(rest)),
            <= 0xD3 => Signed(rest),
            <= 0xD8 => new(MessagePackType.Extension, 2, 1UL << (code - 0xD4), Extension: (sbyte)rest[0]),
            <= 0xDB => new(MessagePackType.String, head.Length, Unsigned(rest)),
            0xDC or 0xDD => new(MessagePackType.Array, head.Length, Unsigned(rest)),
            0xDE or 0xDF => new(MessagePackType.Map, head.Length, Unsigned(rest)),
            _ => new(MessagePackType.Integer, 1, (ulong)(sbyte)code, IsNegative: true),
        };
    }

    private static ulong Unsigned(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        1 => bytes[0],
        2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };

    private static MessagePackHead Signed(ReadOnlySpan<byte> bytes)
    {
        long value = bytes.Length switch
        {
            1 => (sbyte)bytes[0],
            2 => BinaryPrimitives.ReadInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };
        return new(MessagePackType.Integer, 1 + bytes.Length, (ulong)value, IsNegative: value < 0);
    }
}
