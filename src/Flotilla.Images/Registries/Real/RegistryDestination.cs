using Flotilla.Images.Archives;
using Flotilla.Images.Archives.Real;
using Flotilla.Images.Formats;
using Flotilla.Images.Registries;
using Flotilla.Images.Registries.Real;

namespace Flotilla.Images.Destinations;

/// <summary>
/// A registry (OCI distribution-spec). What it has already is not sent again; large layers are sent in pieces, and go on after a break. The
/// manifest comes last, so the tag moves only to an image that is whole.
/// </summary>
/// <param name="reference">Where to, by tag.</param>
/// <param name="options">How the registry is spoken to.</param>
public sealed class RegistryDestination(RegistryReference reference, RegistryOptions options) : IImageDestination
{
    /// <inheritdoc/>
    public string Name => $"registry {reference}";

    /// <summary>The digest of the manifest that was pushed; null before.</summary>
    public string? ManifestDigest { get; private set; }

    /// <inheritdoc/>
    public async Task WriteAsync(GraphImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (reference.ManifestDigest is not null) throw ImageException.Of(ImageFault.BadName, $"{reference} names a digest; that of what is pushed cannot be chosen.", fix: "Name a tag.");
        using var registry = new RegistryConnection(reference, options, "pull,push");
        try
        {
            await WriteAsync(image, registry, cancellationToken);
        }
        catch (Exception e) when (RegistryConnection.IsBroken(e, cancellationToken))
        {
            throw registry.Unreachable(e);
        }
    }

    private async Task WriteAsync(GraphImage image, RegistryConnection registry, CancellationToken cancellationToken)
    {
        var layers = new List<Descriptor>();
        foreach (var layer in image.Layers)
        {
            // The digest has to be known before anything is sent, and a part may have to be sent again.
            await using var blob = TemporaryFile.Create();
            var descriptor = await LayerBlob.WriteAsync(layer, options.Compression, blob, cancellationToken);
            if (layers.TrueForAll(each => each.Digest != descriptor.Digest)) await new BlobUpload(registry, descriptor, blob.SafeFileHandle).RunAsync(cancellationToken);
            layers.Add(descriptor);
        }
        var config = new Descriptor(MediaTypes.OciConfig, image.ImageId, image.Config.Length);
        await using (var file = TemporaryFile.Create())
        {
            await file.WriteAsync(image.Config, cancellationToken);
            await new BlobUpload(registry, config, file.SafeFileHandle).RunAsync(cancellationToken);
        }
        var manifest = new ImageManifest(config, layers).ToBytes();
        await Registry.PutManifestAsync(registry, manifest, reference.Tag!, cancellationToken);
        ManifestDigest = Digest.Of(manifest);
    }
}
