using Flotilla.Core;

namespace Flotilla.Images.Destinations;

/// <summary>A file that gets the tar of an image's only layer, byte for byte as it was imported. It appears when it is complete.</summary>
/// <param name="path">The file; it is replaced.</param>
public sealed class TarFileDestination(string path) : IImageDestination
{
    /// <inheritdoc/>
    public string Name => $"file {Path.GetFileName(path)}";

    /// <inheritdoc/>
    public async Task WriteAsync(GraphImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Layers.Count != 1)
            throw new ImageException(ImageFault.Unsupported, new Problem(
                $"{image.Name} has {image.Layers.Count} layers, and a plain tar holds one.", Fix: "Export it to a format that holds layers, such as an archive for docker load or an OCI layout."));
        await NewFile.WriteAsync(path, image.Layers[0].WriteToAsync, cancellationToken);
    }
}
