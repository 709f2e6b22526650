using System.Buffers;

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

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_length + buffer.Length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_rented is null ? capacity : _rented.Length * 2, _length + buffer.Length));
            Written.CopyTo(larger);
            if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
            _buffer = _rented = larger;
        }
        buffer.CopyTo(_buffer.Span[_length..]);
        _length += buffer.Length;
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

/// <summary>What a stream that only takes bytes has to say otherwise.</summary>
internal abstract class WriteOnlyStream : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    public override void WriteByte(byte value) => Write([value]);

    // The base class would go through the thread pool.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
