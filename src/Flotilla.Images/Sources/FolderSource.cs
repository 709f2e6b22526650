using Flotilla.Images.Archives;
using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Sources;

/// <summary>
/// A folder with a root file system: one layer with owners, modes, links, devices and extended attributes, in the order of names. Sockets
/// and what is mounted below are left out.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="config">A configuration for the image, if there is one.</param>
public sealed class FolderSource(string folder, ReadOnlyMemory<byte>? config = null) : IImageSource
{
    /// <inheritdoc/>
    public string Name => $"dir {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}";

    /// <inheritdoc/>
    public Task<SourceImage> OpenAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) throw ImageException.Of(ImageFault.NotFound, File.Exists(folder) ? $"{folder} is a file." : $"There is no folder {folder}.", fix: "Name the folder that holds the root file system.");
        return Task.FromResult(new SourceImage(config, [new SourceLayer(token => Task.FromResult(Spool(token)))]));
    }

    // Through a file, as the tar is written in one go and read in another.
    private Stream Spool(CancellationToken cancellationToken)
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 17, FileOptions.DeleteOnClose);
        try
        {
            new TreeTar(file, epoch: false, isUpper: false, cancellationToken).Run(Path.GetFullPath(folder), withRoot: true);
            file.Position = 0;
            return new LocalFile(file);
        }
        catch (Exception e)
        {
            file.Dispose();
            if (e is not IOException || Graph.DiskFull.Is((IOException)e)) throw;
            throw ImageException.Of(ImageFault.BadTar, "A file cannot be read.", e.Message, "Run as root, or stop what changes the folder, and import again.", e);
        }
    }
}
