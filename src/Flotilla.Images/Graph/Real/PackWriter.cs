using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Flotilla.Images.Compression.Real;

namespace Flotilla.Images.Graph.Real;

/// <summary>
/// Writes new objects into one pack: hashed and compressed on all cores, in the order they came, those the graph has left out. Until
/// <see cref="Finish"/> nothing but a temporary file exists, which another import removes if this process dies.
/// </summary>
internal sealed class PackWriter : IDisposable
{
    public const string TemporaryPrefix = "tmp_flotilla_";

    /// <summary>Content up to this size waits with others in memory.</summary>
    public const int HeldMax = ArenaSize - HeaderRoom;

    /// <summary>Content up to this size is held in memory alone; larger content is read twice from a temporary file.</summary>
    public const int WholeMax = 2 * ArenaSize;

    private const int ArenaSize = 4 * 1024 * 1024;
    private const int HeaderRoom = 32;
    private const int PackHeader = 12;
    private const int ItemsMax = 8192;

    // Compressed content is larger than it was by less than this part; what is larger yet gets a buffer of its own.
    private const int PackedRoomPart = 16;
    private const int FlushesPerCollection = 4;

    private readonly ObjectStore _store;
    private readonly string _folder;
    private readonly string _path;
    private readonly FileStream _file;
    private readonly int _level;
    private readonly byte[] _arena = GC.AllocateUninitializedArray<byte>(ArenaSize);
    private readonly byte[] _packed = GC.AllocateUninitializedArray<byte>(ArenaSize + ArenaSize / PackedRoomPart);
    private readonly List<Item> _items = [];
    private readonly List<PackedObject> _objects = [];
    private readonly HashSet<ObjectId> _new = [];
    private int _used;
    private int _flushes;
    private long _position = PackHeader;

    public PackWriter(string folder, ObjectStore store, int level)
    {
        (_folder, _store, _level) = (folder, store, level);
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        _file = new FileStream(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 256 * 1024);
        _file.Write(new byte[PackHeader]);
    }

    /// <summary>The objects that the graph did not have.</summary>
    public IReadOnlySet<ObjectId> New => _new;

    /// <summary>Room for the content of a blob; <paramref name="done"/> hears its id and SHA-256 at the next flush, in order.</summary>
    public Memory<byte> Reserve(int size, Action<ObjectId, byte[]> done)
    {
        // Who is told at a flush may add objects, which take room again.
        while (_used + HeaderRoom + size > ArenaSize || _items.Count >= ItemsMax) Flush();
        var content = _used + HeaderRoom;
        _items.Add(new Item { Type = ObjectType.Blob, Content = content, Size = size, Done = done });
        _used = content + size;
        return _arena.AsMemory(content, size);
    }

    /// <summary>Calls back in the order of the contents, without one.</summary>
    public void Then(Action done)
    {
        if (_items.Count >= ItemsMax) Flush();
        _items.Add(new Item { Done = (_, _) => done(), Size = -1 });
    }

    /// <summary>Adds an object whose id is known from its content.</summary>
    public ObjectId Add(ObjectType type, ReadOnlySpan<byte> content)
    {
        var id = ObjectId.Of(type, content);
        if (IsKnown(id) || !_new.Add(id)) return id;
        if (content.Length > HeldMax)
        {
            Flush();
            AppendWhole(id, type, content);
            return id;
        }
        if (_used + HeaderRoom + content.Length > ArenaSize) Flush();
        content.CopyTo(_arena.AsSpan(_used));
        _items.Add(new Item { Type = type, Content = _used, Size = content.Length, Id = id, Chosen = true });
        _used += content.Length;
        return id;
    }

    /// <summary>Hashes what waits, compresses what is new, and tells the waiting.</summary>
    public void Flush()
    {
        Parallel.For(0, _items.Count, i => Hash(_items[i]));
        foreach (var item in _items)
            if (item.Size >= 0 && !item.Chosen) item.Chosen = !IsKnown(item.Id) && _new.Add(item.Id);
        var chosen = _items.FindAll(item => item.Chosen);
        Parallel.For(0, chosen.Count, i =>
        {
            var item = chosen[i];
            var content = _arena.AsSpan(item.Content, item.Size);
            // Each has the room in one buffer that its content has in the other.
            item.Compressed = new GrowingBuffer(_packed.AsMemory(item.Content + item.Content / PackedRoomPart, item.Size + item.Size / PackedRoomPart), item.Size + item.Size / 8);
            Deflate(content, item.Compressed, LevelFor(content));
        });
        foreach (var item in chosen)
        {
            Append(item.Id, item.Type, item.Size, item.Compressed!.Written);
            item.Compressed.Dispose();
        }
        // Who is told may add objects.
        var told = _items.FindAll(item => item.Done is not null);
        _items.Clear();
        _used = 0;
        foreach (var item in told) item.Done!(item.Id, item.Sha256!);
        // The collector would let garbage grow to a multiple of the processor's cache before it looked; a young collection is a millisecond.
        if (++_flushes % FlushesPerCollection == 0) GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }

    /// <summary>Adds a blob that is too large for the arena. A larger one yet goes through a temporary file, so that what is known is not compressed.</summary>
    /// <param name="size">How many bytes <paramref name="read"/> gives.</param>
    /// <param name="read">Fills a buffer with the next bytes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(ObjectId Id, byte[] Sha256)> AddLargeAsync(long size, Func<Memory<byte>, CancellationToken, ValueTask> read, CancellationToken cancellationToken)
    {
        FlushAll();
        if (size <= WholeMax)
        {
            var content = GC.AllocateUninitializedArray<byte>((int)size);
            await read(content, cancellationToken);
            var whole = ObjectId.Of(ObjectType.Blob, content);
            if (!IsKnown(whole) && _new.Add(whole)) AppendWhole(whole, ObjectType.Blob, content);
            return (whole, SHA256.HashData(content));
        }
        var path = _path + "_large";
        await using var spool = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose);
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha1.AppendData(ObjectId.Header(ObjectType.Blob, size));
        for (long at = 0; at < size;)
        {
            var part = _arena.AsMemory(0, (int)Math.Min(ArenaSize, size - at));
            await read(part, cancellationToken);
            sha1.AppendData(part.Span);
            sha256.AppendData(part.Span);
            spool.Write(part.Span);
            at += part.Length;
        }
        var id = new ObjectId(sha1.GetHashAndReset());
        if (!IsKnown(id) && _new.Add(id))
        {
            spool.Position = 0;
            AppendStream(id, size, spool);
        }
        return (id, sha256.GetHashAndReset());
    }

    /// <summary>
    /// Makes the pack a part of the graph: synced, the pack renamed first and its index last, as git does. Returns its bytes and
    /// those of its index; 0 when there was nothing new.
    /// </summary>
    public long Finish()
    {
        FlushAll();
        if (_objects.Count == 0) return 0;
        _file.Flush();
        Span<byte> header = stackalloc byte[PackHeader];
        "PACK"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], (uint)_objects.Count);
        RandomAccess.Write(_file.SafeFileHandle, header, 0);
        var checksum = ChecksumOfFile();
        RandomAccess.Write(_file.SafeFileHandle, checksum, _position);
        _file.Flush(flushToDisk: true);
        var index = PackIndex.Build(_objects, checksum);
        var indexPath = _path + "_idx";
        using (var file = new FileStream(indexPath, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(index);
            file.Flush(flushToDisk: true);
        }
        var name = Path.Combine(_folder, $"pack-{Convert.ToHexStringLower(checksum)}");
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.SetUnixFileMode(indexPath, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.Move(_path, name + ".pack", overwrite: true);
        File.Move(indexPath, name + ".idx", overwrite: true);
        Durable.SyncFolder(_folder);
        return _position + checksum.Length + index.Length;
    }

    public void Dispose()
    {
        try
        {
            // On a full disk what is still buffered cannot be written, and closing says so.
            _file.Dispose();
        }
        finally
        {
            // After a rename there is nothing under these names.
            File.Delete(_path);
            File.Delete(_path + "_idx");
        }
    }

    // After it the arena is free: what those who were told have added is written too.
    private void FlushAll()
    {
        while (_items.Count > 0) Flush();
    }

    private bool IsKnown(ObjectId id) => _store.Contains(id);

    private void Hash(Item item)
    {
        if (item.Size < 0 || item.Chosen) return;
        var header = ObjectId.Header(item.Type, item.Size);
        var start = item.Content - header.Length;
        header.CopyTo(_arena.AsSpan(start));
        Span<byte> sha1 = stackalloc byte[ObjectId.Size];
        // Git names its objects by SHA-1; the SHA-256 beside it is what verification relies on.
#pragma warning disable CA5350
        SHA1.HashData(_arena.AsSpan(start, header.Length + item.Size), sha1);
#pragma warning restore CA5350
        item.Id = new ObjectId(sha1);
        item.Sha256 = SHA256.HashData(_arena.AsSpan(item.Content, item.Size));
    }

    // What is compressed already would take a tenth of an import's time and shrink by a five-hundredth.
    private int LevelFor(ReadOnlySpan<byte> content) => Precompressed.Is(content) ? 0 : _level;

    private static void Deflate(ReadOnlySpan<byte> content, GrowingBuffer to, int level)
    {
        if (LibDeflate.IsUsed)
        {
            // Its level below is faster than zlib's and leaves less.
            var libLevel = Math.Max(Math.Min(level, 1), level - 1);
            var written = LibDeflate.Compress(content, to.Room(0), libLevel);
            to.Advance(written > 0 ? written : LibDeflate.Compress(content, to.Room(LibDeflate.Bound(content.Length)), libLevel));
            return;
        }
        // ZLibStream writes nothing at all for empty content; git wants the empty stream.
        if (content.Length == 0)
        {
            to.Write([0x78, 0x9c, 3, 0, 0, 0, 0, 1]);
            return;
        }
        using var stream = new ZLibStream(to, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);
        stream.Write(content);
    }

    private void AppendWhole(ObjectId id, ObjectType type, ReadOnlySpan<byte> content)
    {
        using var compressed = new GrowingBuffer(default, content.Length / 2);
        Deflate(content, compressed, LevelFor(content));
        Append(id, type, content.Length, compressed.Written);
    }

    private void Append(ObjectId id, ObjectType type, long size, ReadOnlySpan<byte> compressed)
    {
        Span<byte> header = stackalloc byte[16];
        header = header[..EntryHeader(header, type, size)];
        var crc = Crc32.Append(Crc32.Append(0, header), compressed);
        _file.Write(header);
        _file.Write(compressed);
        _objects.Add(new PackedObject(id, crc, _position));
        _position += header.Length + compressed.Length;
    }

    private void AppendStream(ObjectId id, long size, Stream content)
    {
        var start = _position;
        Span<byte> header = stackalloc byte[16];
        header = header[..EntryHeader(header, ObjectType.Blob, size)];
        using var counted = new CountingStream(_file);
        counted.Write(header);
        using (var deflate = new ZLibStream(counted, new ZLibCompressionOptions { CompressionLevel = LevelOf(content) }, leaveOpen: true)) content.CopyTo(deflate, 256 * 1024);
        _objects.Add(new PackedObject(id, counted.Crc, start));
        _position += counted.Count;
    }

    private int LevelOf(Stream content)
    {
        Span<byte> start = stackalloc byte[Precompressed.Looks];
        var got = content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        content.Position -= got;
        return LevelFor(start[..got]);
    }

    private static int EntryHeader(Span<byte> header, ObjectType type, long size)
    {
        var length = 0;
        var each = (byte)(((int)type << 4) | (int)(size & 15));
        for (size >>= 4; size > 0; size >>= 7)
        {
            header[length++] = (byte)(each | 0x80);
            each = (byte)(size & 0x7f);
        }
        header[length++] = each;
        return length;
    }

    private byte[] ChecksumOfFile()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        for (long at = 0; at < _position;)
        {
            var read = RandomAccess.Read(_file.SafeFileHandle, _arena.AsSpan(0, (int)Math.Min(1 << 20, _position - at)), at);
            if (read == 0) throw new IOException($"{_path} was cut by somebody else.");
            hash.AppendData(_arena.AsSpan(0, read));
            at += read;
        }
        return hash.GetHashAndReset();
    }

    private sealed class Item
    {
        public ObjectType Type { get; init; }
        public int Content { get; init; }
        public int Size { get; init; }
        public Action<ObjectId, byte[]>? Done { get; init; }
        public ObjectId Id { get; set; }
        public byte[]? Sha256 { get; set; }
        public bool Chosen { get; set; }
        public GrowingBuffer? Compressed { get; set; }
    }
}
