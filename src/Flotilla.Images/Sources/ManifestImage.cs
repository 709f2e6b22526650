using Flotilla.Images.Formats;

namespace Flotilla.Images.Sources;

/// <summary>From a manifest's bytes to an image: what OCI layouts and registries have in common.</summary>
internal static class ManifestImage
{
    private const int IndexDepthMax = 4;

    /// <summary>Follows indexes until there is a manifest for the platform.</summary>
    public static async Task<(byte[] Bytes, string Digest)> ResolveAsync(
        byte[] bytes, string what, ImagePlatform platform, Func<Descriptor, CancellationToken, Task<byte[]>> read, CancellationToken cancellationToken)
    {
        var digest = Digest.Of(bytes);
        for (var depth = 0; ImageManifest.IsIndex(bytes, what); depth++)
        {
            if (depth == IndexDepthMax) throw StrictJson.Bad(what, "its indexes lead to ever more indexes");
            var chosen = ImageManifest.Choose(ImageManifest.ReadIndex(bytes, what), platform, what);
            bytes = await ReadAsync(chosen, read, "a manifest of " + what, cancellationToken);
            digest = chosen.Digest;
        }
        return (bytes, digest);
    }

    /// <summary>A small blob, with its size and digest checked.</summary>
    public static async Task<byte[]> ReadAsync(Descriptor descriptor, Func<Descriptor, CancellationToken, Task<byte[]>> read, string what, CancellationToken cancellationToken)
    {
        var max = MediaTypes.IsConfig(descriptor.MediaType) ? ImageManifest.ConfigBytesMax : ImageManifest.BytesMax;
        if (descriptor.Size > max) throw ImageException.Of(ImageFault.TooLarge, $"{what} has {descriptor.Size} bytes; {max} are possible.", fix: "Do not use it: it may be meant to harm.");
        var bytes = await read(descriptor, cancellationToken);
        if (bytes.Length != descriptor.Size) throw ImageException.Of(ImageFault.DigestMismatch, $"{what} has {bytes.Length} bytes, but {descriptor.Size} were promised.", fix: "Fetch it again; if that does not help, do not use it.");
        Digest.Check(bytes, descriptor.Digest, what);
        return bytes;
    }

    /// <summary>The image of a manifest. Layers are opened when their turn comes.</summary>
    public static async Task<SourceImage> OpenAsync(
        byte[] bytes, string digest, string what, Func<Descriptor, CancellationToken, Task<byte[]>> read,
        Func<Descriptor, CancellationToken, Task<Stream>> open, IAsyncDisposable? closing, CancellationToken cancellationToken)
    {
        var manifest = ImageManifest.Read(bytes, $"The manifest of {what}");
        var config = await ReadAsync(manifest.Config, read, $"The configuration of {what}", cancellationToken);
        using (StrictJson.Parse(config, $"The configuration of {what}")) { }
        return new SourceImage(config, [.. manifest.Layers.Select(layer => new SourceLayer(token => open(layer, token), layer.Digest, layer.Size))], digest, closing);
    }
}
