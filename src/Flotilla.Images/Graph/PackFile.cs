using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Flotilla.Images.Graph;

/// <summary>Reads the objects of a pack, whole or as a stream, deltas resolved (gitformat-pack(5), "Deltified representation").</summary>
internal sealed class PackFile(string path, PackIndex index) : IDisposable
{
    private const int DeltaDepthMax = 4096;

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

    /// <summary>A stream of the content if it is stored whole, else null.</summary>
    public Stream? TryOpen(long offset, out long size)
    {
        var entry = EntryAt(offset);
        size = entry.Size;
        return entry.Type is ObjectType.OffsetDelta or ObjectType.ReferenceDelta ? null : new ZLibStream(new Part(this, entry.Data), CompressionMode.Decompress);
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
        using var stream = new ZLibStream(new Part(this, entry.Data), CompressionMode.Decompress);
        try
        {
            stream.ReadExactly(data);
            if (stream.ReadByte() >= 0) throw Damaged(entry.Data);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(entry.Data, e);
        }
        return data;
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

    private sealed class Part(PackFile pack, long offset) : Stream
    {
        private long _at = offset;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var read = pack.ReadAt(_at, buffer);
            _at += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
