using System.Buffers.Binary;
using System.Text;

namespace Flotilla.Images.Diffing;

/// <summary>
/// Reads a package's header as RPM's database holds it: number of entries, bytes of data, entries of tag, type, offset and count, then
/// the data (rpm's documentation, "RPM V4 Package format", without the magic that stands before it in a package file).
/// </summary>
internal static class RpmHeader
{
    private const int EntrySize = 16;
    private const int EntriesMax = 100_000;
    private const int TagName = 1000;
    private const int TagVersion = 1001;
    private const int TagRelease = 1002;
    private const int TagEpoch = 1003;
    private const int TagArchitecture = 1022;
    private const int TypeInt32 = 4;
    private const int TypeString = 6;

    /// <summary>The package: version <c>[EPOCH:]VERSION-RELEASE</c>; null when the bytes are no header, or not one of a package.</summary>
    public static (string Name, string Version, string? Architecture)? Read(ReadOnlySpan<byte> header)
    {
        if (header.Length < 8) return null;
        var entries = BinaryPrimitives.ReadInt32BigEndian(header);
        var bytes = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        if (entries is < 1 or > EntriesMax || bytes < 0 || 8 + (long)entries * EntrySize + bytes > header.Length) return null;
        var data = header.Slice(8 + entries * EntrySize, bytes);
        string? name = null, version = null, release = null, architecture = null;
        uint? epoch = null;
        for (var i = 0; i < entries; i++)
        {
            var entry = header.Slice(8 + i * EntrySize, EntrySize);
            var type = BinaryPrimitives.ReadInt32BigEndian(entry[4..]);
            var offset = BinaryPrimitives.ReadInt32BigEndian(entry[8..]);
            if (offset < 0 || offset >= bytes) continue;
            switch (BinaryPrimitives.ReadInt32BigEndian(entry))
            {
                case TagName when type == TypeString: name = Text(data[offset..]); break;
                case TagVersion when type == TypeString: version = Text(data[offset..]); break;
                case TagRelease when type == TypeString: release = Text(data[offset..]); break;
                case TagArchitecture when type == TypeString: architecture = Text(data[offset..]); break;
                case TagEpoch when type == TypeInt32 && offset + 4 <= bytes: epoch = BinaryPrimitives.ReadUInt32BigEndian(data[offset..]); break;
            }
        }
        return name is null || version is null || release is null ? null : (name, $"{(epoch is { } number ? $"{number}:" : "")}{version}-{release}", architecture);
    }

    private static string? Text(ReadOnlySpan<byte> from) => from.IndexOf((byte)0) is var end and >= 0 ? Encoding.UTF8.GetString(from[..end]) : null;
}
