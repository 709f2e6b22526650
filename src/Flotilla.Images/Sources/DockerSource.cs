using Flotilla.Docker;
using Flotilla.Images.Archives;

namespace Flotilla.Images.Sources;

/// <summary>An image in a Docker engine, taken out as <c>docker save</c> does through a temporary file.</summary>
/// <param name="image">Its name or id.</param>
/// <param name="engine">The engine; null for this machine's. One that is given stays open.</param>
public sealed class DockerSource(string image, DockerEngine? engine = null) : IImageSource
{
    /// <inheritdoc/>
    public string Name => $"docker {image}";

    /// <inheritdoc/>
    public async Task<SourceImage> OpenAsync(CancellationToken cancellationToken)
    {
        var own = engine is null ? new DockerEngine() : null;
        using (own)
        {
            var docker = engine ?? own!;
            try
            {
                var found = await docker.FindImageAsync(image, cancellationToken);
                if (found is null)
                {
                    var tags = (await docker.ImagesAsync(cancellationToken)).SelectMany(each => each.Tags).ToList();
                    throw ImageException.Of(ImageFault.NotFound, $"Docker has no image {image}.", fix: $"{Core.Suggestion.Sentence(image, tags)} \"docker pull {image}\" fetches it, or import it from its registry without Docker.");
                }
                var files = await ArchiveFile.OpenAsync($"docker's {image}", (to, token) => docker.SaveImageAsync(found.Id, to, token), cancellationToken);
                // With its store of containerd, an engine's id is that of the manifest, not of the configuration.
                return await DockerArchiveSource.OpenAsync(files, null, null, cancellationToken);
            }
            catch (DockerException e)
            {
                throw new ImageException(e.Status == 0 ? ImageFault.Unreachable : ImageFault.NotFound, e.Problem, e);
            }
        }
    }
}
