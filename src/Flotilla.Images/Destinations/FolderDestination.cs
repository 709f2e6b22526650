using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Destinations;

/// <summary>
/// A folder that gets the files that a container would see, with owners, modes, times, links, devices and attributes. Without root, owners
/// are those of the user, attributes other than <c>user.*</c> are left out, and devices are refused. It appears when it is complete.
/// </summary>
/// <param name="folder">The folder; it must not be there, or be empty.</param>
public sealed class FolderDestination(string folder) : IImageDestination
{
    /// <inheritdoc/>
    public string Name => $"dir {Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}";

    /// <inheritdoc/>
    public Task WriteAsync(GraphImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        RequireFree(path);
        var parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent)) throw ImageException.Of(ImageFault.NotFound, $"There is no folder {parent}.", fix: "Make it, or name another folder.");
        var temporary = Path.Combine(parent, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}.part");
        try
        {
            Directory.CreateDirectory(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            new Checkout(image, forOverlay: false, cancellationToken).Run(temporary);
            RequireFree(path);
            if (Directory.Exists(path)) Directory.Delete(path);
            Directory.Move(temporary, path);
            return Task.CompletedTask;
        }
        catch (IOException e) when (!Graph.DiskFull.Is(e))
        {
            throw ImageException.Of(ImageFault.Unsupported, $"{image.Name} cannot be laid into {folder}.", e.Message + ".", "Name a folder on another file system, or run as root.", e);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    // Asked again at the end: another may have written there meanwhile.
    private void RequireFree(string path)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw ImageException.Of(ImageFault.BadName, $"{folder} is there and not an empty folder.", fix: "Name a new folder, or empty it.");
    }
}
