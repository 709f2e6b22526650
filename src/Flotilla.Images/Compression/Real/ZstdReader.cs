using Flotilla.Images.Streams;

namespace Flotilla.Images.Compression.Real;

/// <summary>Decompresses zstd (RFC 8878), several frames after each other included. Cut or damaged input is an <see cref="InvalidDataException"/>.</summary>
internal sealed class ZstdReader : ReadOnlyStream
{
    // Frames may ask for windows of up to 2 GiB; 128 MiB is what the zstd program allows without being told.
    private const int WindowLog = 27;

    private readonly Stream _inner;
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(128 * 1024);
    private nint _context;
    private int _start;
    private int _end;
    private bool _within;

    public ZstdReader(Stream inner)
    {
        LibZstd.Require();
        _inner = inner;
        _context = LibZstd.CreateDecompression();
        LibZstd.Check(LibZstd.SetDecompression(_context, LibZstd.WindowLogMax, WindowLog));
    }

    public override int Read(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (Decompress(buffer) is > 0 and var written) return written;
            if (_start < _end) continue;
            if (!Took(_inner.Read(_input))) break;
        }
        return 0;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (Decompress(buffer.Span) is > 0 and var written) return written;
            if (_start < _end) continue;
            if (!Took(await _inner.ReadAsync(_input, cancellationToken))) break;
        }
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (_context != 0) LibZstd.FreeDecompression(_context);
        _context = 0;
        base.Dispose(disposing);
    }

    private bool Took(int read)
    {
        (_start, _end) = (0, read);
        if (read == 0 && _within) throw new InvalidDataException("zstd: the input ends within a frame.");
        return read > 0;
    }

    // What is still within the library comes out even when there is no new input.
    private unsafe int Decompress(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        if (_start == _end && !_within) return 0;
        fixed (byte* from = _input, to = buffer)
        {
            var input = new LibZstd.Buffer { Address = (nint)from, Size = (nuint)_end, Position = (nuint)_start };
            var output = new LibZstd.Buffer { Address = (nint)to, Size = (nuint)buffer.Length };
            _within = LibZstd.Check(LibZstd.Decompress(_context, ref output, ref input)) != 0;
            _start = (int)input.Position;
            return (int)output.Position;
        }
    }
}
