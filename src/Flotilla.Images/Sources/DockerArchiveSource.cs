using System.Text.Json;
using Flotilla.Images.Archives;
using Flotilla.Images.Formats;

namespace Flotilla.Images.Sources;

/// <summary>
/// What <c>docker save</c> writes (moby, image/tarexport): a tar with <c>manifest.json</c>, in which layers may be compressed or links to
/// each other, and, since Docker 25, lie among the blobs of an OCI layout. The tar itself may be compressed.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="reference">Which of its images, by name and tag; null when there is only one.</param>
public sealed class DockerArchiveSource(string path, string? reference = null) : IImageSource
{
    /// <inheritdoc/>
    public string Name => $"docker-archive {Path.GetFileName(path)}{(reference is null ? "" : ":" + reference)}";

    /// <inheritdoc/>
    public async Task<SourceImage> OpenAsync(CancellationToken cancellationToken) =>
        await OpenAsync(await ArchiveFile.OpenAsync(path, cancellationToken), reference, null, cancellationToken);

    /// <summary>The image of an archive that is open; it is closed when this fails, else with the image.</summary>
    internal static async Task<SourceImage> OpenAsync(IArchiveFiles files, string? reference, string? imageId, CancellationToken cancellationToken)
    {
        try
        {
            if (!files.Has(ArchiveFile.DockerManifest))
                throw ImageException.Of(ImageFault.BadArchive, $"{files.Name} is no archive of \"docker save\".", $"it has no {ArchiveFile.DockerManifest}.", files.Has(ArchiveFile.OciLayout) ? "It is an OCI layout: write oci:FILE." : "For a tar of a root file system, write just its name.");
            var what = $"{ArchiveFile.DockerManifest} of {files.Name}";
            var bytes = await files.ReadAsync(ArchiveFile.DockerManifest, ImageManifest.BytesMax, cancellationToken);
            using var json = StrictJson.Parse(bytes, what);
            var image = Choose(json.RootElement, files.Name, what, reference);
            var configName = image.Required("Config", what);
            var config = await files.ReadAsync(configName, ImageManifest.ConfigBytesMax, cancellationToken);
            using (StrictJson.Parse(config, $"The configuration of {files.Name}")) { }
            CheckConfig(configName, config, imageId, files.Name);
            var layers = image.Texts("Layers", what);
            foreach (var layer in layers)
                await using (files.Require(layer)) { }
            return new SourceImage(config, [.. layers.Select(layer => new SourceLayer(_ => Task.FromResult(files.Require(layer))))], Closing: files);
        }
        catch
        {
            await files.DisposeAsync();
            throw;
        }
    }

    private static JsonElement Choose(JsonElement root, string name, string what, string? reference)
    {
        if (root.ValueKind != JsonValueKind.Array) throw StrictJson.Bad(what, "it is no list");
        var images = root.EnumerateArray().ToList();
        if (images.Count == 0) throw ImageException.Of(ImageFault.NotFound, $"{name} holds no image.", fix: "Write it again with \"docker save NAME\".");
        var tags = images.SelectMany(image => image.Texts("RepoTags", what)).ToList();
        if (reference is null)
            return images.Count == 1 ? images[0]
                : throw ImageException.Of(ImageFault.BadName, $"{name} holds {images.Count} images.", fix: tags.Count == 0 ? "Save them one by one." : $"Say which: {string.Join(" or ", tags.Take(5).Select(tag => $"docker-archive:{name}:{tag}"))}.");
        var wanted = reference.LastIndexOf(':') > reference.LastIndexOf('/') ? reference : reference + ":latest";
        var found = images.FindIndex(image => image.Texts("RepoTags", what).Contains(wanted));
        return found >= 0 ? images[found] : throw ImageException.Of(ImageFault.NotFound, $"{name} has no image {wanted}.", fix: Core.Suggestion.Sentence(wanted, tags));
    }

    // Docker names the file by the hash of its bytes, which is the image's id; other writers may not.
    private static void CheckConfig(string name, byte[] config, string? imageId, string archive)
    {
        var file = name[(name.LastIndexOf('/') + 1)..];
        if (file.EndsWith(".json", StringComparison.Ordinal)) file = file[..^5];
        if (Digest.IsHex(file)) Digest.Check(config, "sha256:" + file, $"the configuration of {archive}");
        if (imageId is not null) Digest.Check(config, imageId, $"the configuration of {archive}");
    }
}
