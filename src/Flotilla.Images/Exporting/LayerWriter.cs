using System.Security.Cryptography;
using Flotilla.Images.Graph;
using Flotilla.Images.Layout;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Exporting;

/// <summary>Writes a layer's tar from what the graph holds, hashing it on the way.</summary>
internal sealed class LayerWriter : IDisposable
{
    private const int FlushesPerCollection = 64;

    private static readonly byte[] Zeros = new byte[TarHeader.BlockSize];

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(128 * 1024);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ObjectStore _store;
    private readonly LayerReader _layer;
    private readonly ContentLookup _contents;
    private readonly Stream _to;
    private int _used;
    private int _flushes;

    public LayerWriter(ObjectStore store, LayerReader layer, ContentLookup contents, Stream to) => (_store, _layer, _contents, _to) = (store, layer, contents, to);

    /// <summary>Writes all of it; returns the SHA-256 of what was written.</summary>
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var member in _layer.Members())
        {
            await WriteAsync(Head(member, _layer.Recipe.Dialect), cancellationToken);
            if (member.ContentLength == 0) continue;
            using (var content = _store.Open(_contents.Find(member), out var size))
            {
                if (size != member.Size) throw Damaged(member, $"it has {size} bytes instead of {member.Size}");
                await CopyAsync(content, member, cancellationToken);
            }
            await WriteAsync(Padding(member), cancellationToken);
        }
        if (_layer.Tail is { } tail) await WriteAsync(_store.Read(tail, ObjectType.Blob), cancellationToken);
        await WriteZerosAsync(_layer.Recipe.EndZeros, cancellationToken);
        await FlushAsync(cancellationToken);
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>The bytes before a member's content, from its line.</summary>
    public static byte[] Head(Member member, Dialect dialect)
    {
        if (member.Raw is { } raw) return Convert.FromBase64String(raw);
        var head = dialect.Render(member);
        if (member.Patch is { } patch) HeadPatch.Apply(head, patch);
        return head;
    }

    /// <summary>The bytes after a member's content.</summary>
    public static ReadOnlyMemory<byte> Padding(Member member) =>
        member.Padding is { } bytes ? Convert.FromBase64String(bytes) : Zeros.AsMemory(0, (int)(-member.Size & (TarHeader.BlockSize - 1)));

    private async ValueTask CopyAsync(Stream content, Member member, CancellationToken cancellationToken)
    {
        for (var left = member.Size; left > 0;)
        {
            if (_used == _buffer.Length) await FlushAsync(cancellationToken);
            var read = Read(content, member, (int)Math.Min(left, _buffer.Length - _used));
            _used += read;
            left -= read;
        }
    }

    private int Read(Stream content, Member member, int count)
    {
        int read;
        try
        {
            read = content.Read(_buffer, _used, count);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(member, e.Message);
        }
        return read > 0 ? read : throw Damaged(member, "it is too short");
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            if (_used == _buffer.Length) await FlushAsync(cancellationToken);
            var part = Math.Min(bytes.Length, _buffer.Length - _used);
            bytes.Span[..part].CopyTo(_buffer.AsSpan(_used));
            _used += part;
            bytes = bytes[part..];
        }
    }

    private async ValueTask WriteZerosAsync(long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (_used == _buffer.Length) await FlushAsync(cancellationToken);
            var part = (int)Math.Min(count, _buffer.Length - _used);
            _buffer.AsSpan(_used, part).Clear();
            _used += part;
            count -= part;
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _hash.AppendData(_buffer.AsSpan(0, _used));
        await _to.WriteAsync(_buffer.AsMemory(0, _used), cancellationToken);
        _used = 0;
        // The collector would let garbage grow to a multiple of the processor's cache before it looked.
        if (++_flushes % FlushesPerCollection == 0) GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }

    private static ImageException Damaged(Member member, string why) => ImageException.Of(
        ImageFault.DamagedGraph, $"The content of \"{member.Path}\" is damaged.", why + ".", "Run \"git fsck\" in the graph and fetch it again from where it was pushed to.");
}
