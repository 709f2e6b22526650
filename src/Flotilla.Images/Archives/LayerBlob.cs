using System.IO.Compression;
using Flotilla.Images.Compression.Real;
using Flotilla.Images.Formats;

namespace Flotilla.Images.Archives;

/// <summary>Writes a layer of the graph as the blob of an archive or registry.</summary>
internal static class LayerBlob
{
    private const int ZstdLevel = 3;

    /// <summary>Writes it compressed; what points at it is the result.</summary>
    public static async Task<Descriptor> WriteAsync(GraphLayer layer, LayerCompression compression, Stream to, CancellationToken cancellationToken)
    {
        await using var hashing = new HashingStream(to);
        switch (compression)
        {
            case LayerCompression.Gzip:
                await using (var gzip = Gzip(hashing)) await layer.WriteToAsync(gzip, cancellationToken);
                break;
            case LayerCompression.Zstd:
                await using (var zstd = new ZstdWriter(hashing, ZstdLevel)) await layer.WriteToAsync(zstd, cancellationToken);
                break;
            default:
                await layer.WriteToAsync(hashing, cancellationToken);
                break;
        }
        return new Descriptor(MediaType(compression), hashing.Digest(), hashing.Count);
    }

    /// <summary>The compressor that all gzip layers come from; a layer that it made has the same digest again.</summary>
    public static GZipStream Gzip(Stream to) => new(to, CompressionLevel.Optimal, leaveOpen: true);

    public static string MediaType(LayerCompression compression) => compression switch
    {
        LayerCompression.Gzip => MediaTypes.OciLayer + "+gzip",
        LayerCompression.Zstd => MediaTypes.OciLayer + "+zstd",
        _ => MediaTypes.OciLayer,
    };
}
