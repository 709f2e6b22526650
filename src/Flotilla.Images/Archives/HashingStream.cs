using System.Security.Cryptography;
using Flotilla.Images.Streams;

namespace Flotilla.Images.Archives;

/// <summary>Passes bytes on and keeps their number and SHA-256. The stream below stays open.</summary>
internal sealed class HashingStream(Stream to) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    /// <summary>The digest of all bytes. Ask for it once, after the end.</summary>
    public string Digest() => Formats.Digest.OfHash(_hash.GetHashAndReset());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Take(buffer);
        to.Write(buffer);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Take(buffer.Span);
        await to.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush() => to.Flush();
    public override Task FlushAsync(CancellationToken cancellationToken) => to.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        Count += bytes.Length;
        _hash.AppendData(bytes);
    }
}
