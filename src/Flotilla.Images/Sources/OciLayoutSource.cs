using Flotilla.Images.Archives;
using Flotilla.Images.Formats;

namespace Flotilla.Images.Sources;

/// <summary>An OCI image layout (image-spec, image-layout.md): a folder, or a tar of one.</summary>
/// <param name="path">The folder or the tar.</param>
/// <param name="tag">Which of its images: the annotation <c>org.opencontainers.image.ref.name</c>; null when there is only one.</param>
/// <param name="platform">For which machines, where it has several; null for this one.</param>
public sealed class OciLayoutSource(string path, string? tag = null, ImagePlatform? platform = null) : IImageSource
{
    /// <inheritdoc/>
    public string Name => $"oci {Path.GetFileName(Path.TrimEndingDirectorySeparator(path))}{(tag is null ? "" : ":" + tag)}";

    /// <inheritdoc/>
    public async Task<SourceImage> OpenAsync(CancellationToken cancellationToken)
    {
        IArchiveFiles files = Directory.Exists(path) ? new FolderFiles(path) : await ArchiveFile.OpenAsync(path, cancellationToken);
        try
        {
            return await OpenAsync(files, cancellationToken);
        }
        catch
        {
            await files.DisposeAsync();
            throw;
        }
    }

    private async Task<SourceImage> OpenAsync(IArchiveFiles files, CancellationToken cancellationToken)
    {
        if (!files.Has(ArchiveFile.OciLayout) || !files.Has(ArchiveFile.OciIndex))
            throw ImageException.Of(ImageFault.BadArchive, $"{path} is no OCI layout.", $"it has no {(files.Has(ArchiveFile.OciLayout) ? ArchiveFile.OciIndex : ArchiveFile.OciLayout)}.", "Name a folder or tar that holds one; docker-archive:FILE is for what \"docker save\" writes, dir:DIR for a root file system.");
        CheckVersion(await files.ReadAsync(ArchiveFile.OciLayout, 64 * 1024, cancellationToken));
        var index = ImageManifest.ReadIndex(await files.ReadAsync(ArchiveFile.OciIndex, ImageManifest.BytesMax, cancellationToken), $"The index of {path}");
        var chosen = Choose(index);
        var first = await ManifestImage.ReadAsync(chosen, ReadBlob, $"A manifest of {path}", cancellationToken);
        var (bytes, digest) = await ManifestImage.ResolveAsync(first, path, platform ?? ImagePlatform.Current, ReadBlob, cancellationToken);
        return await ManifestImage.OpenAsync(bytes, digest, path, ReadBlob, (layer, _) => Task.FromResult(files.Require(BlobPath(layer.Digest))), files, cancellationToken);

        Task<byte[]> ReadBlob(Descriptor blob, CancellationToken token) => files.ReadAsync(BlobPath(blob.Digest), ImageManifest.ConfigBytesMax, token);
    }

    internal static string BlobPath(string digest) => "blobs/sha256/" + Digest.Hex(digest);

    private static void CheckVersion(byte[] layout)
    {
        using var json = StrictJson.Parse(layout, "oci-layout");
        var version = json.RootElement.Required("imageLayoutVersion", "oci-layout");
        if (!version.StartsWith("1.", StringComparison.Ordinal)) throw ImageException.Of(ImageFault.Unsupported, $"The OCI layout has version {version}; only 1 is supported.", fix: "Write it again with another tool.");
    }

    private Descriptor Choose(IReadOnlyList<Descriptor> index)
    {
        if (index.Count == 0) throw ImageException.Of(ImageFault.NotFound, $"{path} holds no image.", fix: "Copy one into it.");
        var tags = index.Select(each => each.RefName).OfType<string>().Distinct().ToList();
        var named = tag is null ? index : [.. index.Where(each => each.RefName == tag)];
        if (named.Count == 0) throw ImageException.Of(ImageFault.NotFound, $"{path} has no image \"{tag}\".", fix: Core.Suggestion.Sentence(tag!, tags));
        if (named.Count == 1) return named[0];
        if (tag is null && tags.Count > 1) throw ImageException.Of(ImageFault.BadName, $"{path} holds {index.Count} images.", fix: $"Say which: {string.Join(" or ", tags.Take(5).Select(each => $"oci:{path}:{each}"))}.");
        return ImageManifest.Choose(named, platform ?? ImagePlatform.Current, path);
    }
}
