using System.Buffers;
using System.Text.Json;
using Flotilla.Images.Archives;
using Flotilla.Images.Formats;

namespace Flotilla.Images.Destinations;

/// <summary>A file for <c>docker load</c>: the layers uncompressed and the configuration as it is, so that the image keeps its id.</summary>
/// <param name="path">The file; it is replaced.</param>
/// <param name="tags">What the image is called after loading: <c>shop:1.0</c>. None: it is known by its id only.</param>
public sealed class DockerArchiveDestination(string path, IReadOnlyList<string> tags) : IImageDestination
{
    /// <inheritdoc/>
    public string Name => $"docker-archive {Path.GetFileName(path)}";

    /// <inheritdoc/>
    public async Task WriteAsync(GraphImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        await NewFile.WriteAsync(path, (to, token) => WriteAsync(image, tags, to, token), cancellationToken);
    }

    /// <summary>Writes the archive; what it takes is known beforehand, so a stream that only takes bytes will do.</summary>
    internal static async Task WriteAsync(GraphImage image, IReadOnlyList<string> tags, Stream to, CancellationToken cancellationToken)
    {
        var archive = new TarArchive(to);
        var config = Digest.Hex(image.ImageId) + ".json";
        await archive.AddAsync(config, image.Config, cancellationToken);
        var written = new HashSet<string>();
        foreach (var layer in image.Layers)
        {
            if (!written.Add(layer.DiffId)) continue;
            var folder = Digest.Hex(layer.DiffId);
            await archive.AddFolderAsync(folder, cancellationToken);
            await archive.AddAsync(LayerName(layer), layer.Bytes, layer.WriteToAsync, cancellationToken);
        }
        await archive.AddAsync(ArchiveFile.DockerManifest, Manifest(image, tags, config), cancellationToken);
        await archive.EndAsync(cancellationToken);
    }

    private static string LayerName(GraphLayer layer) => Digest.Hex(layer.DiffId) + "/layer.tar";

    private static byte[] Manifest(GraphImage image, IReadOnlyList<string> tags, string config)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("Config", config);
            json.WriteStartArray("RepoTags");
            foreach (var tag in tags) json.WriteStringValue(tag);
            json.WriteEndArray();
            json.WriteStartArray("Layers");
            foreach (var layer in image.Layers) json.WriteStringValue(LayerName(layer));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
