using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Flotilla.MessagePack;

/// <summary>
/// Writes values one after the other, each integer and each length in the shortest form there is.
/// </summary>
/// <remarks>
/// Arrays and maps are written as a header with the count, and then their elements; nobody counts along. The format is that of
/// https://github.com/msgpack/msgpack/blob/master/spec.md.
/// </remarks>
public readonly struct MessagePackWriter
{
    private readonly IBufferWriter<byte> _output;

    /// <summary>Writes at the end of <paramref name="output"/>.</summary>
    public MessagePackWriter(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
    }

    /// <summary>Writes nil.</summary>
    public void WriteNil() => Put(0xC0);

    /// <summary>Writes true or false.</summary>
    public void Write(bool value) => Put((byte)(value ? 0xC3 : 0xC2));

    /// <summary>Writes an integer.</summary>
    public void Write(long value)
    {
        switch (value)
        {
            case >= 0: Write((ulong)value); break;
            case >= -32: Put((byte)value); break;
            case >= sbyte.MinValue: Put(0xD0, 1, (ulong)value); break;
            case >= short.MinValue: Put(0xD1, 2, (ulong)value); break;
            case >= int.MinValue: Put(0xD2, 4, (ulong)value); break;
            default: Put(0xD3, 8, (ulong)value); break;
        }
    }

    /// <summary>Writes an integer.</summary>
    public void Write(ulong value)
    {
        switch (value)
        {
            case <= 0x7F: Put((byte)value); break;
            case <= byte.MaxValue: Put(0xCC, 1, value); break;
            case <= ushort.MaxValue: Put(0xCD, 2, value); break;
            case <= uint.MaxValue: Put(0xCE, 4, value); break;
            default: Put(0xCF, 8, value); break;
        }
    }

    /// <summary>Writes a float of 32 bits.</summary>
    public void Write(float value) => Put(0xCA, 4, BitConverter.SingleToUInt32Bits(value));

    /// <summary>Writes a float of 64 bits.</summary>
    public void Write(double value) => Put(0xCB, 8, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes text as UTF-8; half of a surrogate pair becomes U+FFFD.</summary>
    public void Write(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var length = Encoding.UTF8.GetByteCount(value);
        WriteStringHeader(length);
        Encoding.UTF8.GetBytes(value, _output.GetSpan(Math.Max(length, 1)));
        _output.Advance(length);
    }

    /// <summary>Writes text that is UTF-8 already.</summary>
    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        WriteStringHeader(utf8.Length);
        _output.Write(utf8);
    }

    /// <summary>Writes binary.</summary>
    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        PutLength(value.Length, 0xC4);
        _output.Write(value);
    }

    /// <summary>Begins an array; <paramref name="count"/> values follow.</summary>
    public void WriteArrayHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        PutCount(count, 0x90, 0xDC);
    }

    /// <summary>Begins a map; <paramref name="count"/> times a key and its value follow.</summary>
    public void WriteMapHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        PutCount(count, 0x80, 0xDE);
    }

    /// <summary>Writes an extension.</summary>
    /// <param name="type">0 and above are free for applications; below stand those of the specification.</param>
    /// <param name="value">Its bytes.</param>
    public void WriteExtension(sbyte type, ReadOnlySpan<byte> value)
    {
        switch (value.Length)
        {
            case 1: Put(0xD4); break;
            case 2: Put(0xD5); break;
            case 4: Put(0xD6); break;
            case 8: Put(0xD7); break;
            case 16: Put(0xD8); break;
            default: PutLength(value.Length, 0xC7); break;
        }
        Put((byte)type);
        _output.Write(value);
    }

    /// <summary>Writes what is MessagePack already.</summary>
    public void WriteRaw(ReadOnlySpan<byte> encoded) => _output.Write(encoded);

    private void WriteStringHeader(int length)
    {
        if (length <= 31) Put((byte)(0xA0 | length));
        else PutLength(length, 0xD9);
    }

    /// <summary>Three codes in a row stand for lengths of 1, 2 and 4 bytes.</summary>
    private void PutLength(int length, byte first)
    {
        switch (length)
        {
            case <= byte.MaxValue: Put(first, 1, (ulong)length); break;
            case <= ushort.MaxValue: Put((byte)(first + 1), 2, (ulong)length); break;
            default: Put((byte)(first + 2), 4, (ulong)length); break;
        }
    }

    /// <summary>A code with room for up to 15, then two in a row for counts of 2 and 4 bytes.</summary>
    private void PutCount(int count, byte small, byte first)
    {
        switch (count)
        {
            case <= 15: Put((byte)(small | count)); break;
            case <= ushort.MaxValue: Put(first, 2, (ulong)count); break;
            default: Put((byte)(first + 1), 4, (ulong)count); break;
        }
    }

    private void Put(byte code)
    {
        _output.GetSpan(1)[0] = code;
        _output.Advance(1);
    }

    private void Put(byte code, int width, ulong number)
    {
        var room = _output.GetSpan(1 + sizeof(ulong));
        room[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(room[1..], number << (64 - 8 * width));
        _output.Advance(1 + width);
    }
}
