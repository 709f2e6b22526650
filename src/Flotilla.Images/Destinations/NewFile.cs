namespace Flotilla.Images.Destinations;

/// <summary>A file that appears when it is complete, in the place of what was there.</summary>
internal static class NewFile
{
    public static async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw ImageException.Of(ImageFault.NotFound, $"There is no folder {folder}.", fix: "Make it, or name another file.");
        if (Directory.Exists(path)) throw ImageException.Of(ImageFault.BadName, $"{path} is a folder.", fix: "Name a file; oci:DIR writes an OCI layout into a folder, dir:DIR the files themselves.");
        // Its own name: another may be writing the same file.
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}.part");
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0)) await write(file, cancellationToken);
            File.Move(temporary, path, overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw ImageException.Of(ImageFault.BadName, $"{path} cannot be written.", e.Message, "Name another file, or run as a user who may.", e);
        }
        catch (IOException e) when (Graph.DiskFull.Is(e))
        {
            throw ImageException.Of(ImageFault.DiskFull, $"The disk of {folder} is full.", fix: "Make room and run the command again; what was there is as it was.", inner: e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
