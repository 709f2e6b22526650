using System.Buffers;
using Flotilla.Images.Streams;

namespace Flotilla.Images.Graph.Real;

/// <summary>A stream into memory that is given, and into a pooled buffer that grows once it does not fit.</summary>
/// <param name="given">Taken first; may be empty.</param>
/// <param name="capacity">Bytes of the pooled buffer at first.</param>
internal sealed class GrowingBuffer(Memory<byte> given, int capacity) : WriteOnlyStream
{
    private Memory<byte> _buffer = given;
    private byte[]? _rented;
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.Span[.._length];

    /// <summary>Room for at least so many bytes more; see <see cref="Advance"/>.</summary>
    public Span<byte> Room(int size)
    {
        if (_length + size > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_rented is null ? capacity : _rented.Length * 2, _length + size));
            Written.CopyTo(larger);
            if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
            _buffer = _rented = larger;
        }
        return _buffer.Span[_length..];
    }

    /// <summary>Takes bytes that were put into the <see cref="Room"/> as written.</summary>
    public void Advance(int size) => _length += size;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        buffer.CopyTo(Room(buffer.Length));
        Advance(buffer.Length);
    }

    protected override void Dispose(bool disposing)
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        (_rented, _buffer, _length) = (null, default, 0);
        base.Dispose(disposing);
    }
}

/// <summary>Passes bytes on and keeps their number and CRC-32.</summary>
internal sealed class CountingStream(Stream to) : WriteOnlyStream
{
    public long Count { get; private set; }

    public uint Crc { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        to.Write(buffer);
        Count += buffer.Length;
        Crc = Crc32.Append(Crc, buffer);
    }
}
