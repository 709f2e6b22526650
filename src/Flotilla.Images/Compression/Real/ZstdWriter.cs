using Flotilla.Images.Streams;

namespace Flotilla.Images.Compression.Real;

/// <summary>Compresses with zstd (RFC 8878) into one frame with a checksum. The frame ends when this is disposed; the stream below stays open.</summary>
internal sealed class ZstdWriter : WriteOnlyStream
{
    private readonly Stream _inner;
    private readonly byte[] _output = GC.AllocateUninitializedArray<byte>(128 * 1024);
    private nint _context;

    public ZstdWriter(Stream inner, int level)
    {
        LibZstd.Require();
        _inner = inner;
        _context = LibZstd.CreateCompression();
        LibZstd.Check(LibZstd.SetCompression(_context, LibZstd.CompressionLevel, level));
        LibZstd.Check(LibZstd.SetCompression(_context, LibZstd.Checksum, 1));
    }

    public override void Write(ReadOnlySpan<byte> buffer) => Compress(buffer, LibZstd.Continue);

    protected override void Dispose(bool disposing)
    {
        if (disposing && _context != 0) Compress([], LibZstd.End);
        if (_context != 0) LibZstd.FreeCompression(_context);
        _context = 0;
        base.Dispose(disposing);
    }

    private unsafe void Compress(ReadOnlySpan<byte> bytes, int operation)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* from = bytes, to = _output)
        {
            var input = new LibZstd.Buffer { Address = (nint)from, Size = (nuint)bytes.Length };
            while (true)
            {
                var output = new LibZstd.Buffer { Address = (nint)to, Size = (nuint)_output.Length };
                var left = LibZstd.Check(LibZstd.Compress(_context, ref output, ref input, operation));
                _inner.Write(_output.AsSpan(0, (int)output.Position));
                if (operation == LibZstd.End ? left == 0 : input.Position == input.Size) return;
            }
        }
    }
}
