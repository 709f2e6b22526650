using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Flotilla.Images.Graph;

/// <summary>Where the objects of a pack stand: version 2 of gitformat-pack(5), "Version 2 pack-*.idx files".</summary>
internal sealed class PackIndex
{
    private const int Fanout = 8;
    private const int Ids = Fanout + 256 * 4;
    private static ReadOnlySpan<byte> Magic => [0xff, (byte)'t', (byte)'O', (byte)'c', 0, 0, 0, 2];

    private readonly byte[] _bytes;

    public PackIndex(byte[] bytes, string path)
    {
        _bytes = bytes;
        if (bytes.Length < Ids + 40 || !bytes.AsSpan().StartsWith(Magic)) throw Damaged(path);
        Count = (int)At(Fanout + 255 * 4);
        if (bytes.Length < Ids + Count * 28L + 40) throw Damaged(path);
    }

    public int Count { get; }

    public ObjectId IdAt(int index) => new(_bytes.AsSpan(Ids + index * ObjectId.Size));

    public bool TryFind(ObjectId id, out long offset)
    {
        var index = IndexOf(id);
        offset = index < 0 ? 0 : OffsetAt(index);
        return index >= 0;
    }

    public long OffsetAt(int index)
    {
        var offset = At(Ids + Count * 24 + index * 4);
        return (offset & 0x80000000) == 0
            ? offset
            : (long)BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(Ids + Count * 28 + (int)(offset & 0x7fffffff) * 8));
    }

    /// <summary>The ids that begin with these hexadecimal digits, at most <paramref name="max"/>.</summary>
    public IEnumerable<ObjectId> StartingWith(string digits, int max)
    {
        var first = byte.Parse(digits.AsSpan(0, 2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture);
        var found = 0;
        for (var i = first == 0 ? 0 : (int)At(Fanout + (first - 1) * 4); i < At(Fanout + first * 4) && found < max; i++)
            if (IdAt(i).ToString().StartsWith(digits, StringComparison.Ordinal))
            {
                found++;
                yield return IdAt(i);
            }
    }

    private int IndexOf(ObjectId id)
    {
        var first = id.First;
        var low = first == 0 ? 0 : (int)At(Fanout + (first - 1) * 4);
        var high = (int)At(Fanout + first * 4) - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = IdAt(middle).CompareTo(id);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    private uint At(int position) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(position));

    private static ImageException Damaged(string path) => ImageException.Of(
        ImageFault.DamagedGraph, $"{path} is no pack index of version 2.", fix: "Run \"git index-pack\" on its pack, or fetch the graph again.");

    /// <summary>The bytes of an index. The objects are sorted here.</summary>
    public static byte[] Build(List<PackedObject> objects, ReadOnlySpan<byte> packChecksum)
    {
        objects.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        var large = objects.Count(each => each.Offset > 0x7fffffff);
        var bytes = new byte[Ids + objects.Count * 28 + large * 8 + 40];
        Magic.CopyTo(bytes);
        Span<int> counts = stackalloc int[256];
        foreach (var each in objects) counts[each.Id.First]++;
        var sum = 0u;
        for (var i = 0; i < 256; i++) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(Fanout + i * 4), sum += (uint)counts[i]);
        var beyond = 0;
        for (var i = 0; i < objects.Count; i++)
        {
            var each = objects[i];
            each.Id.CopyTo(bytes.AsSpan(Ids + i * ObjectId.Size));
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(Ids + objects.Count * 20 + i * 4), each.Crc);
            var offset = (uint)each.Offset;
            if (each.Offset > 0x7fffffff)
            {
                BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(Ids + objects.Count * 28 + beyond * 8), (ulong)each.Offset);
                offset = 0x80000000 | (uint)beyond++;
            }
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(Ids + objects.Count * 24 + i * 4), offset);
        }
        packChecksum.CopyTo(bytes.AsSpan(bytes.Length - 40));
        // The format prescribes SHA-1 here; it guards against accidents, not against attackers.
#pragma warning disable CA5350
        SHA1.HashData(bytes.AsSpan(0, bytes.Length - 20), bytes.AsSpan(bytes.Length - 20));
#pragma warning restore CA5350
        return bytes;
    }
}

/// <summary>An object of a pack that is being written.</summary>
internal readonly record struct PackedObject(ObjectId Id, uint Crc, long Offset);
