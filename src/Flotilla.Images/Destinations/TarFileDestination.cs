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
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new ImageException(ImageFault.NotFound, new Problem($"There is no folder {folder}.", Fix: "Make it, or name another file."));
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{image.Commit.ToShortString()}.part");
        try
        {
            await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
                await image.Layers[0].WriteToAsync(file, cancellationToken);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
