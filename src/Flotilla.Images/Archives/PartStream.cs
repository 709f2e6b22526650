using Flotilla.Images.Streams;
using Microsoft.Win32.SafeHandles;

namespace Flotilla.Images.Archives;

/// <summary>A part of a file, read without moving the file's own position.</summary>
internal sealed class PartStream(SafeFileHandle file, long offset, long length) : ReadOnlyStream
{
    private long _at;

    public override long Length => length;
    public override long Position { get => _at; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, length - _at)], offset + _at);
        _at += read;
        return read;
    }
}
