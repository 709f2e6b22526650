using System.IO.Compression;
using System.Security.Cryptography;
using Flotilla.Images.Compression.Real;
using Flotilla.Images.Streams;

namespace Flotilla.Images.Sources;

/// <summary>The tar within a layer's stored bytes: these are counted and hashed while they are decompressed.</summary>
internal sealed class LayerStream : IAsyncDisposable
{
    private readonly Stored _stored;
    private readonly SourceLayer _layer;

    private LayerStream(Stored stored, SourceLayer layer) => (_stored, _layer) = (stored, layer);

    /// <summary>The tar.</summary>
    public Stream Tar { get; private set; } = Stream.Null;

    public LayerCompression Compression { get; private set; }

    public bool IsCompressed => Compression != LayerCompression.None;

    /// <summary>Stored bytes read so far.</summary>
    public long StoredBytes => _stored.Count;

    public static async Task<LayerStream> OpenAsync(SourceLayer layer, CancellationToken cancellationToken)
    {
        var stored = new Stored(await layer.OpenAsync(cancellationToken), layer);
        var stream = new LayerStream(stored, layer);
        try
        {
            await stored.PeekAsync(cancellationToken);
            stream.Compression = Decompression.Of(stored.Peeked.Span);
            stream.Tar = stream.Compression switch
            {
                LayerCompression.Gzip => new GZipStream(stored, CompressionMode.Decompress, leaveOpen: true),
                LayerCompression.Zstd => new ZstdReader(stored),
                _ => stored,
            };
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads what is left of the stored bytes and compares their number and hash with what was promised.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var rest = new byte[64 * 1024];
        while (await _stored.ReadAsync(rest, cancellationToken) > 0) { }
        if (_layer.Size is { } size && size != _stored.Count)
            throw ImageException.Of(ImageFault.DigestMismatch, $"The layer has {_stored.Count} bytes, but {size} were promised.", fix: "Fetch it again.");
        if (_layer.Digest is { } digest && "sha256:" + Convert.ToHexStringLower(_stored.Sha256()) is var actual && actual != digest)
            throw ImageException.Of(ImageFault.DigestMismatch, $"The layer's digest is {actual}, but {digest} was promised.", fix: "Fetch it again; if that does not help, do not use it.");
    }

    public async ValueTask DisposeAsync()
    {
        if (IsCompressed) await Tar.DisposeAsync();
        await _stored.DisposeAsync();
    }

    private sealed class Stored(Stream inner, SourceLayer layer) : ReadOnlyStream
    {
        private readonly IncrementalHash? _hash = layer.Digest is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _peek = new byte[8];
        private int _peeked;
        private int _given;

        public long Count { get; private set; }

        public ReadOnlyMemory<byte> Peeked => _peek.AsMemory(0, _peeked);

        public byte[] Sha256() => _hash!.GetHashAndReset();

        public async Task PeekAsync(CancellationToken cancellationToken)
        {
            _peeked = await inner.ReadAtLeastAsync(_peek, _peek.Length, throwOnEndOfStream: false, cancellationToken);
            Take(_peek.AsSpan(0, _peeked));
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (GivePeeked(buffer.Span) is > 0 and var given) return given;
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Take(buffer.Span[..read]);
            return read;
        }

        public override int Read(Span<byte> buffer)
        {
            if (GivePeeked(buffer) is > 0 and var given) return given;
            var read = inner.Read(buffer);
            Take(buffer[..read]);
            return read;
        }

        public override async ValueTask DisposeAsync()
        {
            _hash?.Dispose();
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }

        private int GivePeeked(Span<byte> buffer)
        {
            var part = Math.Min(buffer.Length, _peeked - _given);
            _peek.AsSpan(_given, part).CopyTo(buffer);
            _given += part;
            return part;
        }

        private void Take(ReadOnlySpan<byte> bytes)
        {
            Count += bytes.Length;
            if (layer.Size is { } size && Count > size)
                throw ImageException.Of(ImageFault.DigestMismatch, $"The layer has more bytes than the {size} that were promised.", fix: "Fetch it again; if that does not help, do not use it.");
            _hash?.AppendData(bytes);
        }
    }
}
