using Flotilla.Docker;
using Flotilla.Images.Registries;

namespace Flotilla.Images.Destinations;

/// <summary>A Docker engine. Once it has loaded the image, it is asked whether it has it: not every failure is reported.</summary>
/// <param name="name">What the image is called there: <c>shop:1.0</c>; null for the lineage's name.</param>
/// <param name="engine">The engine; null for this machine's. One that is given stays open.</param>
public sealed class DockerDestination(string? name = null, DockerEngine? engine = null) : IImageDestination
{
    /// <inheritdoc/>
    public string Name => name is null ? "docker" : $"docker {name}";

    /// <inheritdoc/>
    public async Task WriteAsync(GraphImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        var tag = RegistryReference.Parse(name ?? image.Name.ToLowerInvariant()).ToFamiliarString();
        var own = engine is null ? new DockerEngine() : null;
        using (own)
        {
            var docker = engine ?? own!;
            try
            {
                await docker.LoadImageAsync((to, token) => DockerArchiveDestination.WriteAsync(image, [tag], to, token), cancellationToken);
                var loaded = await docker.FindImageAsync(tag, cancellationToken);
                if (loaded is null || !loaded.DiffIds.SequenceEqual(image.Layers.Select(layer => layer.DiffId)))
                    throw ImageException.Of(ImageFault.BadArchive, $"Docker did not take {image.Name}.", loaded is null ? "it reported no failure, but has no such image." : $"its {tag} is {loaded.Id}.", "See its log (\"journalctl -u docker\") for the reason.");
            }
            catch (DockerException e)
            {
                throw new ImageException(e.Status == 0 ? ImageFault.Unreachable : ImageFault.BadArchive, e.Problem, e);
            }
        }
    }
}
