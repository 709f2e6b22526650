using Flotilla.Core;
using Flotilla.Images.Archives;

namespace Flotilla.Images.Sources;

/// <summary>A file that is one tar of a root file system, plain or gzipped: the image's only layer.</summary>
/// <param name="path">The file.</param>
/// <param name="config">A configuration for the image, if there is one.</param>
public sealed class TarFileSource(string path, ReadOnlyMemory<byte>? config = null) : IImageSource
{
    /// <inheritdoc/>
    public string Name => $"file {Path.GetFileName(path)}";

    /// <inheritdoc/>
    public Task<SourceImage> OpenAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(path)) throw new ImageException(ImageFault.NotFound, new Problem($"{path} is a folder, not a tar.", Fix: "Name a file."));
        if (!File.Exists(path)) throw new ImageException(ImageFault.NotFound, new Problem($"There is no file {path}.", Fix: "Name a tar file."));
        return Task.FromResult(new SourceImage(config, [new SourceLayer(_ => Task.FromResult<Stream>(new LocalFile(path)))]));
    }
}
