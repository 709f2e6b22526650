namespace Flotilla.Images.Graph;

/// <summary>Knows content that deflate cannot make smaller by its first bytes (file(1), magic(5)).</summary>
internal static class Precompressed
{
    /// <summary>How many bytes it looks at.</summary>
    public const int Looks = 6;

    /// <summary>Whether it begins as gzip, xz, zstd, bzip2, PNG or JPEG.</summary>
    public static bool Is(ReadOnlySpan<byte> content) =>
        content.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8])
        || content.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])
        || content.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd])
        || content.StartsWith("BZh"u8)
        || content.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])
        || content.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]);
}
