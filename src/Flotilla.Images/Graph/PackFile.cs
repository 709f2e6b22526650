using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using Flotilla.Images.Compression.Real;
using Flotilla.Images.Streams;
using Microsoft.Win32.SafeHandles;

namespace Flotilla.Images.Graph;

/// <summary>Reads the objects of a pack, whole or as a stream, deltas resolved (gitformat-pack(5), "Deltified representation").</summary>
internal sealed class PackFile(string path, PackIndex index) : IDisposable
{
    private const int DeltaDepthMax = 4096;

    // Larger content is decompressed piece by piece.
    private const int HeldMax = 256 * 1024;

    private readonly Lock _lock = new();
    private readonly SafeFileHandle _file = File.OpenHandle(path);
    private readonly byte[] _window = GC.AllocateUninitializedArray<byte>(128 * 1024);
    private long[]? _offsets;
    private long _windowStart;
    private int _windowLength;

    public PackIndex Index { get; } = index;

    public string Path => path;

    /// <summary>The whole content.</summary>
    public byte[] Read(long offset, out ObjectType type)
    {
        var deltas = new Stack<byte[]>();
        while (true)
        {
            var entry = EntryAt(offset);
            var data = Inflate(entry);
            if (entry.Type is ObjectType.OffsetDelta or ObjectType.ReferenceDelta)
            {
                if (deltas.Count >= DeltaDepthMax) throw Damaged(offset);
                deltas.Push(data);
                offset = entry.Base;
                continue;
            }
            type = entry.Type;
            while (deltas.TryPop(out var delta)) data = Delta.Apply(data, delta) ?? throw Damaged(offset);
            return data;
        }
    }

    /// <summary>
    /// A stream of the content if it is stored whole, else null. Of a pack that is damaged it gives an <see cref="InvalidDataException"/> instead of more or
    /// fewer bytes than <paramref name="size"/>.
    /// </summary>
    public Stream? TryOpen(long offset, out long size)
    {
        var entry = EntryAt(offset);
        size = entry.Size;
        return entry.Type is ObjectType.OffsetDelta or ObjectType.ReferenceDelta ? null : new Content(this, entry);
    }

    /// <summary>Bytes from an object's beginning to the next one's.</summary>
    public long DiskSize(long offset)
    {
        _offsets ??= [.. Enumerable.Range(0, Index.Count).Select(Index.OffsetAt).Append(RandomAccess.GetLength(_file) - ObjectId.Size).Order()];
        var next = Array.BinarySearch(_offsets, offset) + 1;
        return _offsets[next] - offset;
    }

    /// <summary>Whether its last bytes are the hash of all before them, as when it was written.</summary>
    public bool IsWhole(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        var buffer = GC.AllocateUninitializedArray<byte>(1 << 20);
        var end = RandomAccess.GetLength(_file) - ObjectId.Size;
        for (long at = 0; at < end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(_file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
            if (read == 0) return false;
            hash.AppendData(buffer.AsSpan(0, read));
            at += read;
        }
        var promised = new byte[ObjectId.Size];
        return end > 0 && RandomAccess.Read(_file, promised, end) == promised.Length && hash.GetHashAndReset().AsSpan().SequenceEqual(promised);
    }

    private Entry EntryAt(long offset)
    {
        Span<byte> head = stackalloc byte[32];
        var got = ReadAt(offset, head);
        var at = 0;
        if (got < 2) throw Damaged(offset);
        var type = (ObjectType)((head[0] >> 4) & 7);
        long size = head[0] & 15;
        for (var shift = 4; (head[at++] & 0x80) != 0; shift += 7)
        {
            if (at >= got || shift > 60) throw Damaged(offset);
            size |= (long)(head[at] & 0x7f) << shift;
        }
        long start = 0;
        if (type == ObjectType.OffsetDelta)
        {
            long distance = head[at] & 0x7f;
            while ((head[at++] & 0x80) != 0)
            {
                if (at >= got) throw Damaged(offset);
                distance = ((distance + 1) << 7) | (uint)(head[at] & 0x7f);
            }
            start = offset - distance;
            if (distance <= 0 || start < 12) throw Damaged(offset);
        }
        else if (type == ObjectType.ReferenceDelta)
        {
            if (at + ObjectId.Size > got || !Index.TryFind(new ObjectId(head.Slice(at, ObjectId.Size)), out start)) throw Damaged(offset);
            at += ObjectId.Size;
        }
        else if (type is not (ObjectType.Commit or ObjectType.Tree or ObjectType.Blob or ObjectType.Tag)) throw Damaged(offset);
        return new Entry(type, size, offset + at, start);
    }

    private byte[] Inflate(Entry entry)
    {
        if (entry.Size > Array.MaxLength) throw Damaged(entry.Data);
        var data = GC.AllocateUninitializedArray<byte>((int)entry.Size);
        try
        {
            Inflate(entry, data);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(entry.Data, e);
        }
        return data;
    }

    private void Inflate(Entry entry, Span<byte> to)
    {
        if (entry.Size <= HeldMax && LibDeflate.IsUsed && TryInflate(entry, to)) return;
        using var content = new Pieces(this, entry);
        content.ReadExactly(to);
        content.ReadByte();
    }

    // False also of what a strange writer has made longer than it was; that is decompressed piece by piece.
    private bool TryInflate(Entry entry, Span<byte> to)
    {
        var room = LibDeflate.Bound(to.Length);
        var compressed = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            var length = 0;
            for (int read; (read = ReadAt(entry.Data + length, compressed.AsSpan(length, room - length))) > 0;) length += read;
            return LibDeflate.TryDecompress(compressed.AsSpan(0, length), to);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
        }
    }

    // Objects that are read one after another stand one after another: a window saves most reads.
    private int ReadAt(long offset, Span<byte> into)
    {
        lock (_lock)
        {
            if (offset < _windowStart || offset >= _windowStart + _windowLength || (offset + into.Length > _windowStart + _windowLength && into.Length <= 32))
            {
                _windowStart = offset;
                _windowLength = RandomAccess.Read(_file, _window, offset);
            }
            var from = (int)(offset - _windowStart);
            var part = Math.Min(into.Length, _windowLength - from);
            if (part <= 0) return 0;
            _window.AsSpan(from, part).CopyTo(into);
            return part;
        }
    }

    private ImageException Damaged(long offset, Exception? inner = null) => ImageException.Of(
        ImageFault.DamagedGraph, $"{path} is damaged at byte {offset}.", fix: "Run \"git fsck\" in the graph and fetch it again from where it was pushed to.", inner: inner);

    public void Dispose() => _file.Dispose();

    private readonly record struct Entry(ObjectType Type, long Size, long Data, long Base);

    /// <summary>Content that is decompressed as a whole when the first byte is asked for, or piece by piece if it is large.</summary>
    private sealed class Content(PackFile pack, Entry entry) : ReadOnlyStream
    {
        private Pieces? _pieces;
        private byte[]? _held;
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            if (entry.Size > HeldMax) return (_pieces ??= new Pieces(pack, entry)).Read(buffer);
            _held ??= Inflated();
            var part = Math.Min(buffer.Length, (int)entry.Size - _at);
            _held.AsSpan(_at, part).CopyTo(buffer);
            _at += part;
            return part;
        }

        private byte[] Inflated()
        {
            var content = ArrayPool<byte>.Shared.Rent((int)entry.Size);
            try
            {
                pack.Inflate(entry, content.AsSpan(0, (int)entry.Size));
                return content;
            }
            catch
            {
                ArrayPool<byte>.Shared.Return(content);
                throw;
            }
        }

        protected override void Dispose(bool disposing)
        {
            _pieces?.Dispose();
            if (_held is not null) ArrayPool<byte>.Shared.Return(_held);
            _held = null;
            base.Dispose(disposing);
        }
    }

    /// <summary>Content that is decompressed piece by piece. ZLibStream.CopyTo would read all that follows in the pack too.</summary>
    private sealed class Pieces(PackFile pack, Entry entry) : ReadOnlyStream
    {
        private readonly ZLibStream _stream = new(new Part(pack, entry.Data), CompressionMode.Decompress);
        private long _left = entry.Size;

        public override int Read(Span<byte> buffer)
        {
            if (buffer.Length == 0) return 0;
            if (_left == 0 && _stream.ReadByte() >= 0) _left = -1;
            if (_left < 0) throw new InvalidDataException("The content is longer than the pack says.");
            if (_left == 0) return 0;
            var read = _stream.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
            if (read == 0) throw new InvalidDataException("The content is shorter than the pack says.");
            _left -= read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            _stream.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Part(PackFile pack, long offset) : ReadOnlyStream
    {
        private long _at = offset;

        public override int Read(Span<byte> buffer)
        {
            var read = pack.ReadAt(_at, buffer);
            _at += read;
            return read;
        }
    }
}
