using Flotilla.Images.Formats;
using Flotilla.Images.Registries;
using Flotilla.Images.Registries.Real;

namespace Flotilla.Images.Sources;

/// <summary>An image in a registry (OCI distribution-spec). Downloads go on after a break; sizes and digests are checked while they come.</summary>
/// <param name="reference">Which image.</param>
/// <param name="options">How the registry is spoken to.</param>
public sealed class RegistrySource(RegistryReference reference, RegistryOptions options) : IImageSource
{
    /// <inheritdoc/>
    public string Name => $"registry {reference}";

    /// <inheritdoc/>
    public async Task<SourceImage> OpenAsync(CancellationToken cancellationToken)
    {
        var registry = new RegistryConnection(reference, options, "pull");
        try
        {
            var first = await FirstAsync(registry, cancellationToken);
            var (bytes, digest) = await ManifestImage.ResolveAsync(first, reference.ToString(), options.Platform ?? ImagePlatform.Current, Read, cancellationToken);
            return await ManifestImage.OpenAsync(bytes, digest, reference.ToString(), Read, async (layer, token) => await BlobDownload.OpenAsync(registry, layer, token), new Closing(registry), cancellationToken);
        }
        catch (Exception e)
        {
            registry.Dispose();
            if (RegistryConnection.IsBroken(e, cancellationToken)) throw registry.Unreachable(e);
            throw;
        }

        Task<byte[]> Read(Descriptor blob, CancellationToken token) => Registry.BlobAsync(registry, blob, token);
    }

    private Task<byte[]> FirstAsync(RegistryConnection registry, CancellationToken cancellationToken) => Registry.ManifestAsync(registry, reference.Version, cancellationToken);

    private sealed class Closing(RegistryConnection registry) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            registry.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
