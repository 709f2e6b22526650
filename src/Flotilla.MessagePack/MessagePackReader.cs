using System.Buffers;
using System.Text;

namespace Flotilla.MessagePack;

/// <summary>
/// Reads values one after the other. Every length form is accepted for every value, also where a shorter one would do.
/// </summary>
/// <remarks>
/// Each value can be read in two ways. <c>TryRead…</c> returns false when the input ends before the value does: nothing is
/// consumed then, and the caller comes again with more; <c>Read…</c> throws in that case. Both throw
/// <see cref="MessagePackException"/> when a value of another type is there, and never allocate by what a length only declares.
/// The format is that of https://github.com/msgpack/msgpack/blob/master/spec.md.
/// </remarks>
public ref struct MessagePackReader
{
    private readonly MessagePackLimits _limits;
    private SequenceReader<byte> _input;

    /// <summary>Reads from bytes in several pieces.</summary>
    /// <param name="input">Where to read.</param>
    /// <param name="limits">What is accepted; <see cref="MessagePackLimits.Default"/> unless given.</param>
    public MessagePackReader(ReadOnlySequence<byte> input, MessagePackLimits? limits = null)
    {
        _input = new SequenceReader<byte>(input);
        _limits = limits ?? MessagePackLimits.Default;
    }

    /// <summary>Reads from bytes in one piece.</summary>
    /// <param name="input">Where to read.</param>
    /// <param name="limits">What is accepted; <see cref="MessagePackLimits.Default"/> unless given.</param>
    public MessagePackReader(ReadOnlyMemory<byte> input, MessagePackLimits? limits = null)
        : this(new ReadOnlySequence<byte>(input), limits) { }

    /// <summary>How many bytes have been read.</summary>
    public readonly long Consumed => _input.Consumed;

    /// <summary>True when there are no more bytes.</summary>
    public readonly bool End => _input.End;

    /// <summary>Looks at the type of the next value without reading it.</summary>
    public readonly bool TryPeek(out MessagePackType type)
    {
        type = default;
        if (!_input.TryPeek(out var code)) return false;
        Span<byte> head = stackalloc byte[MessagePackHead.SizeMax];
        head.Clear();
        head[0] = code;
        type = MessagePackHead.Read(head[..MessagePackHead.SizeOf(code)], _limits).Type;
        return true;
    }

    /// <inheritdoc cref="TryPeek"/>
    public readonly MessagePackType Peek() => TryPeek(out var type) ? type : throw Truncated();

    /// <summary>Reads the next value if it is nil, and leaves it where it is otherwise.</summary>
    public bool TryReadIfNil(out bool wasNil)
    {
        wasNil = false;
        if (!_input.TryPeek(out var code)) return false;
        wasNil = code == 0xC0;
        if (wasNil) _input.Advance(1);
        return true;
    }

    /// <inheritdoc cref="TryReadIfNil"/>
    public bool ReadIfNil() => TryReadIfNil(out var wasNil) ? wasNil : throw Truncated();

    /// <summary>Reads true or false.</summary>
    public bool TryReadBoolean(out bool value)
    {
        var isThere = TryReadHead(MessagePackType.Boolean, out var head);
        value = head.Number == 1;
        return isThere;
    }

    /// <inheritdoc cref="TryReadBoolean"/>
    public bool ReadBoolean() => TryReadBoolean(out var value) ? value : throw Truncated();

    /// <summary>Reads an integer of any form, up to 2⁶³−1.</summary>
    public bool TryReadInt64(out long value)
    {
        value = 0;
        if (!TryReadHead(MessagePackType.Integer, out var head)) return false;
        if (!head.IsNegative && head.Number > long.MaxValue) throw OutOfRange(head, "signed 64-bit");
        value = (long)head.Number;
        return true;
    }

    /// <inheritdoc cref="TryReadInt64"/>
    public long ReadInt64() => TryReadInt64(out var value) ? value : throw Truncated();

    /// <summary>Reads an integer of any form that is not below zero.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        value = 0;
        if (!TryReadHead(MessagePackType.Integer, out var head)) return false;
        if (head.IsNegative) throw OutOfRange(head, "unsigned 64-bit");
        value = head.Number;
        return true;
    }

    /// <inheritdoc cref="TryReadUInt64"/>
    public ulong ReadUInt64() => TryReadUInt64(out var value) ? value : throw Truncated();

    /// <summary>Reads an integer of any form that fits into 32 bits with a sign.</summary>
    public bool TryReadInt32(out int value)
    {
        value = 0;
        if (!TryReadHead(MessagePackType.Integer, out var head)) return false;
        if (head.IsNegative ? (long)head.Number < int.MinValue : head.Number > int.MaxValue) throw OutOfRange(head, "signed 32-bit");
        value = (int)(long)head.Number;
        return true;
    }

    /// <inheritdoc cref="TryReadInt32"/>
    public int ReadInt32() => TryReadInt32(out var value) ? value : throw Truncated();

    /// <summary>Reads a float of 32 or 64 bits, or an integer as the nearest float.</summary>
    public bool TryReadDouble(out double value)
    {
        value = 0;
        if (!TryReadHead(out var head)) return false;
        value = head.Type switch
        {
            MessagePackType.Float when head.Size == 5 => BitConverter.UInt32BitsToSingle((uint)head.Number),
            MessagePackType.Float => BitConverter.UInt64BitsToDouble(head.Number),
            MessagePackType.Integer => head.IsNegative ? (double)(long)head.Number : head.Number,
            _ => throw Unexpected(MessagePackType.Float, head.Type),
        };
        _input.Advance(head.Size);
        return true;
    }

    /// <inheritdoc cref="TryReadDouble"/>
    public double ReadDouble() => TryReadDouble(out var value) ? value : throw Truncated();

    /// <summary>Reads text. What is not UTF-8 in it becomes U+FFFD.</summary>
    /// <param name="value">The text.</param>
    /// <param name="orBinary">Whether binary is taken for text too, as older writers know no difference.</param>
    public bool TryReadString(out string value, bool orBinary = false)
    {
        value = "";
        if (!TryReadBody(MessagePackType.String, orBinary ? MessagePackType.Binary : MessagePackType.String, out _, out var body)) return false;
        value = Encoding.UTF8.GetString(body);
        return true;
    }

    /// <inheritdoc cref="TryReadString"/>
    public string ReadString(bool orBinary = false) => TryReadString(out var value, orBinary) ? value : throw Truncated();

    /// <summary>Reads binary without copying it.</summary>
    /// <param name="value">A part of the input.</param>
    /// <param name="orString">Whether the bytes of text are taken too, as older writers know no difference.</param>
    public bool TryReadBinary(out ReadOnlySequence<byte> value, bool orString = false) =>
        TryReadBody(MessagePackType.Binary, orString ? MessagePackType.String : MessagePackType.Binary, out _, out value);

    /// <inheritdoc cref="TryReadBinary"/>
    public ReadOnlySequence<byte> ReadBinary(bool orString = false) => TryReadBinary(out var value, orString) ? value : throw Truncated();

    /// <summary>Reads how many elements the array has that begins here; the elements are read next.</summary>
    /// <remarks>The count is what the writer declares: do not allocate by it.</remarks>
    public bool TryReadArrayHeader(out int count)
    {
        var isThere = TryReadHead(MessagePackType.Array, out var head);
        count = (int)head.Number;
        return isThere;
    }

    /// <inheritdoc cref="TryReadArrayHeader"/>
    public int ReadArrayHeader() => TryReadArrayHeader(out var count) ? count : throw Truncated();

    /// <summary>Reads how many pairs the map has that begins here; each key and its value are read next.</summary>
    /// <remarks>The count is what the writer declares: do not allocate by it.</remarks>
    public bool TryReadMapHeader(out int count)
    {
        var isThere = TryReadHead(MessagePackType.Map, out var head);
        count = (int)head.Number;
        return isThere;
    }

    /// <inheritdoc cref="TryReadMapHeader"/>
    public int ReadMapHeader() => TryReadMapHeader(out var count) ? count : throw Truncated();

    /// <summary>Reads an extension without copying it.</summary>
    /// <param name="type">Its type; −1 is the specification's timestamp.</param>
    /// <param name="value">A part of the input.</param>
    public bool TryReadExtension(out sbyte type, out ReadOnlySequence<byte> value)
    {
        var isThere = TryReadBody(MessagePackType.Extension, MessagePackType.Extension, out var head, out value);
        type = head.Extension;
        return isThere;
    }

    /// <inheritdoc cref="TryReadExtension"/>
    public ReadOnlySequence<byte> ReadExtension(out sbyte type) => TryReadExtension(out type, out var value) ? value : throw Truncated();

    /// <summary>Passes over one whole value with all that it contains.</summary>
    public bool TrySkip() => TryReadRaw(out _);

    /// <inheritdoc cref="TrySkip"/>
    public void Skip()
    {
        if (!TrySkip()) throw Truncated();
    }

    /// <summary>Reads one whole value as it is encoded, without copying it.</summary>
    public bool TryReadRaw(out ReadOnlySequence<byte> value)
    {
        value = default;
        if (!TryReadHead(out var head)) return false;
        var length = head.Size + head.BodyLength;
        if (head.Items > 0 && !TryMeasure(out length)) return false;
        if (_input.Remaining < length) return false;
        value = _input.UnreadSequence.Slice(0, length);
        _input.Advance(length);
        return true;
    }

    /// <inheritdoc cref="TryReadRaw"/>
    public ReadOnlySequence<byte> ReadRaw() => TryReadRaw(out var value) ? value : throw Truncated();

    private readonly bool TryMeasure(out long length)
    {
        length = 0;
        var scanner = new MessagePackScanner(_limits);
        foreach (var piece in _input.UnreadSequence)
        {
            var ended = scanner.TryFindEnd(piece.Span, out var consumed);
            length += consumed;
            if (ended) return true;
        }
        return false;
    }

    private readonly bool TryReadHead(out MessagePackHead head)
    {
        head = default;
        if (!_input.TryPeek(out var code)) return false;
        var size = MessagePackHead.SizeOf(code);
        var piece = _input.UnreadSpan;
        if (piece.Length >= size)
        {
            head = MessagePackHead.Read(piece[..size], _limits);
            return true;
        }
        Span<byte> copy = stackalloc byte[MessagePackHead.SizeMax];
        if (!_input.TryCopyTo(copy[..size])) return false;
        head = MessagePackHead.Read(copy[..size], _limits);
        return true;
    }

    private bool TryReadHead(MessagePackType expected, out MessagePackHead head)
    {
        if (!TryReadHead(out head)) return IsStillPossible(expected);
        if (head.Type != expected) throw Unexpected(expected, head.Type);
        _input.Advance(head.Size);
        return true;
    }

    private bool TryReadBody(MessagePackType expected, MessagePackType alternative, out MessagePackHead head, out ReadOnlySequence<byte> body)
    {
        body = default;
        if (!TryReadHead(out head)) return false;
        if (head.Type != expected && head.Type != alternative) throw Unexpected(expected, head.Type);
        if (_input.Remaining < head.Size + head.BodyLength) return false;
        _input.Advance(head.Size);
        body = _input.UnreadSequence.Slice(0, head.BodyLength);
        _input.Advance(head.BodyLength);
        return true;
    }

    /// <summary>False, unless the one byte that is there already says that more of them would not help.</summary>
    private readonly bool IsStillPossible(MessagePackType expected)
    {
        if (TryPeek(out var type) && type != expected) throw Unexpected(expected, type);
        return false;
    }

    private readonly MessagePackException Unexpected(MessagePackType expected, MessagePackType found) =>
        new($"{MessagePackHead.Name(expected)} is expected at byte {Consumed:N0}, and {Lower(MessagePackHead.Name(found))} is there.");

    private readonly MessagePackException OutOfRange(MessagePackHead head, string range)
    {
        var number = head.IsNegative ? $"{(long)head.Number}" : $"{head.Number}";
        return new($"The integer {number} before byte {Consumed:N0} is no {range} number.");
    }

    private readonly MessagePackException Truncated() => new($"The input ends within the value that begins at byte {Consumed:N0}.");

    private static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];
}
