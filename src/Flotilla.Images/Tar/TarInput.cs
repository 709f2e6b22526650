using System.Security.Cryptography;

namespace Flotilla.Images.Tar;

/// <summary>The bytes of a layer's tar as they come: counted, hashed, and refused beyond a limit.</summary>
internal sealed class TarInput(Stream stream, ImageLimits limits, Func<long>? compressedBytes = null) : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private int _start;
    private int _end;

    /// <summary>How many bytes were read.</summary>
    public long Position { get; private set; }

    /// <summary>How many of them came from the stream, those in the buffer included.</summary>
    private long _received;

    /// <summary>Fills a buffer; the result is less than its length only at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        var done = 0;
        while (done < into.Length)
        {
            if (_start == _end)
            {
                // What is larger than the buffer goes around it.
                var direct = into.Length - done >= BufferSize;
                var target = direct ? into[done..] : _buffer.AsMemory();
                var read = await stream.ReadAsync(target, cancellationToken);
                if (read == 0) break;
                Take(target.Span[..read]);
                if (direct)
                {
                    done += read;
                    continue;
                }
                (_start, _end) = (0, read);
            }
            var part = Math.Min(_end - _start, into.Length - done);
            _buffer.AsSpan(_start, part).CopyTo(into.Span[done..]);
            _start += part;
            done += part;
        }
        Position += done;
        return done;
    }

    /// <summary>Fills a buffer or throws: the archive was cut.</summary>
    public async ValueTask ReadExactlyAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (await ReadAsync(into, cancellationToken) < into.Length)
            throw ImageException.Of(ImageFault.BadTar, $"The tar ends after {Position} bytes, within a member.", fix: "Fetch or write the archive again: a part of it is missing.");
    }

    /// <summary>The SHA-256 of all bytes. Ask for it once, after the end.</summary>
    public byte[] Sha256() => _hash.GetHashAndReset();

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _received += bytes.Length;
        if (_received > limits.LayerBytesMax) throw ImageException.Of(ImageFault.TooLarge, $"The layer is larger than {limits.LayerBytesMax} bytes.", fix: "Raise the limit if that is right.");
        if (compressedBytes is not null && _received > limits.RatioFromBytes && _received > limits.RatioMax * compressedBytes())
            throw ImageException.Of(ImageFault.TooLarge, $"The layer grows to over {limits.RatioMax:0} times its compressed size.", "it looks like a decompression bomb.", "Raise the limit of the ratio if that is right.");
    }

    public void Dispose() => _hash.Dispose();
}
