namespace Flotilla.Images.Compression.Real;

/// <summary>Tells compressions apart by their first bytes.</summary>
internal static class Decompression
{
    public static LayerCompression Of(ReadOnlySpan<byte> magic)
    {
        if (magic.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) return LayerCompression.Gzip;
        if (magic.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd])) return LayerCompression.Zstd;
        // Compressors that work in parallel begin with a skippable frame (RFC 8878, 3.1.2).
        if (magic.Length >= 4 && (magic[0] & 0xf0) == 0x50 && magic[1..4].SequenceEqual((ReadOnlySpan<byte>)[0x2a, 0x4d, 0x18])) return LayerCompression.Zstd;
        if (magic.StartsWith("BZh"u8)) throw Unsupported("bzip2");
        if (magic.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])) throw Unsupported("xz");
        return LayerCompression.None;
    }

    private static ImageException Unsupported(string compression) => ImageException.Of(
        ImageFault.BadCompression, $"The layer is compressed with {compression}, which is not supported.", fix: "Decompress it, or compress it with gzip.");
}
