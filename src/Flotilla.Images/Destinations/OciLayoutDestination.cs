using Flotilla.Images.Archives;
using Flotilla.Images.Archives.Real;
using Flotilla.Images.Folders.Real;
using Flotilla.Images.Formats;
using Flotilla.Images.Sources;

namespace Flotilla.Images.Destinations;

/// <summary>
/// An OCI image layout (image-spec, image-layout.md): a tar when the path ends in <c>.tar</c>, else a folder. Into a folder that is a
/// layout already the image is added; its tag moves from the image that had it.
/// </summary>
/// <param name="path">The folder, or the file, which is replaced.</param>
/// <param name="tag">The image's annotation <c>org.opencontainers.image.ref.name</c>.</param>
/// <param name="compression">How its layers are compressed.</param>
public sealed class OciLayoutDestination(string path, string tag = "latest", LayerCompression compression = LayerCompression.Gzip) : IImageDestination
{
    private static ReadOnlyMemory<byte> Layout => "{\"imageLayoutVersion\":\"1.0.0\"}"u8.ToArray();

    /// <inheritdoc/>
    public string Name => $"oci {Path.GetFileName(Path.TrimEndingDirectorySeparator(path))}:{tag}";

    /// <inheritdoc/>
    public async Task WriteAsync(GraphImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (path.EndsWith(".tar", StringComparison.Ordinal)) await NewFile.WriteAsync(path, (to, token) => WriteTarAsync(image, to, token), cancellationToken);
        else await WriteFolderAsync(image, cancellationToken);
    }

    private async Task WriteTarAsync(GraphImage image, Stream to, CancellationToken cancellationToken)
    {
        var archive = new TarArchive(to);
        await archive.AddAsync(ArchiveFile.OciLayout, Layout, cancellationToken);
        var layers = new List<Descriptor>();
        var written = new HashSet<string>();
        foreach (var layer in image.Layers)
        {
            // A tar says sizes first, and that of a compressed layer is known last.
            await using var blob = TemporaryFile.Create();
            var descriptor = await LayerBlob.WriteAsync(layer, compression, blob, cancellationToken);
            layers.Add(descriptor);
            if (!written.Add(descriptor.Digest)) continue;
            blob.Position = 0;
            await archive.AddAsync(OciLayoutSource.BlobPath(descriptor.Digest), descriptor.Size, (stream, token) => blob.CopyToAsync(stream, token), cancellationToken);
        }
        var (manifest, bytes) = Describe(image, layers);
        await archive.AddAsync(OciLayoutSource.BlobPath(image.ImageId), image.Config, cancellationToken);
        await archive.AddAsync(OciLayoutSource.BlobPath(manifest.Digest), bytes, cancellationToken);
        await archive.AddAsync(ArchiveFile.OciIndex, ImageManifest.IndexBytes([manifest]), cancellationToken);
        await archive.EndAsync(cancellationToken);
    }

    private async Task WriteFolderAsync(GraphImage image, CancellationToken cancellationToken)
    {
        if (File.Exists(path)) throw ImageException.Of(ImageFault.BadName, $"{path} is a file.", fix: "Name a folder, or a file that ends in .tar.");
        Directory.CreateDirectory(path);
        // One at a time: what another adds to the index would be lost, and what one takes back another may have built on.
        using var alone = await FolderLock.TakeAsync(path, cancellationToken);
        var before = await ReadIndexAsync(cancellationToken);
        // First, so that what a failure leaves is a layout still.
        if (!File.Exists(Path.Combine(path, ArchiveFile.OciLayout))) await File.WriteAllBytesAsync(Path.Combine(path, ArchiveFile.OciLayout), Layout, cancellationToken);
        var blobs = Path.Combine(path, "blobs", "sha256");
        Directory.CreateDirectory(blobs);
        var made = new List<string>();
        try
        {
            var layers = new List<Descriptor>();
            foreach (var layer in image.Layers) layers.Add(await WriteLayerAsync(layer, blobs, made, cancellationToken));
            var (manifest, bytes) = Describe(image, layers);
            await WriteBlobAsync(image.ImageId, image.Config, made, cancellationToken);
            await WriteBlobAsync(manifest.Digest, bytes, made, cancellationToken);
            // The index is what makes the image visible, so it comes last.
            await NewFile.WriteAsync(Path.Combine(path, ArchiveFile.OciIndex),
                async (to, token) => await to.WriteAsync(ImageManifest.IndexBytes([.. before.Where(each => each.RefName != tag), manifest]), token), cancellationToken);
        }
        catch
        {
            foreach (var file in made) File.Delete(file);
            throw;
        }
    }

    private async Task<IReadOnlyList<Descriptor>> ReadIndexAsync(CancellationToken cancellationToken)
    {
        if (!Directory.EnumerateFileSystemEntries(path).Any()) return [];
        if (!File.Exists(Path.Combine(path, ArchiveFile.OciLayout)))
            throw ImageException.Of(ImageFault.BadName, $"{path} is there and no OCI layout.", fix: "Name another folder, or an empty one.");
        var index = Path.Combine(path, ArchiveFile.OciIndex);
        return File.Exists(index) ? ImageManifest.ReadIndex(await File.ReadAllBytesAsync(index, cancellationToken), $"The index of {path}") : [];
    }

    private async Task<Descriptor> WriteLayerAsync(GraphLayer layer, string blobs, List<string> made, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(blobs, $".{Path.GetRandomFileName()}.part");
        try
        {
            Descriptor descriptor;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
                descriptor = await LayerBlob.WriteAsync(layer, compression, file, cancellationToken);
            var blob = Path.Combine(path, OciLayoutSource.BlobPath(descriptor.Digest));
            if (IsThere(blob, descriptor.Size)) return descriptor;
            File.Move(temporary, blob, overwrite: true);
            made.Add(blob);
            return descriptor;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task WriteBlobAsync(string digest, ReadOnlyMemory<byte> bytes, List<string> made, CancellationToken cancellationToken)
    {
        var blob = Path.Combine(path, OciLayoutSource.BlobPath(digest));
        if (IsThere(blob, bytes.Length)) return;
        made.Add(blob);
        await File.WriteAllBytesAsync(blob, bytes, cancellationToken);
    }

    // One of another size is what a process left that died while it wrote.
    private static bool IsThere(string blob, long size) => new FileInfo(blob) is { Exists: true } file && file.Length == size;

    private (Descriptor Manifest, byte[] Bytes) Describe(GraphImage image, IReadOnlyList<Descriptor> layers)
    {
        var bytes = new ImageManifest(new Descriptor(MediaTypes.OciConfig, image.ImageId, image.Config.Length), layers).ToBytes();
        return (new Descriptor(MediaTypes.OciManifest, Digest.Of(bytes), bytes.Length, ImageConfig.Platform(image.Config), tag), bytes);
    }
}
