namespace Flotilla.Images.Archives;

/// <summary>The files of an OCI layout that is a folder.</summary>
internal sealed class FolderFiles(string folder) : IArchiveFiles
{
    public string Name => folder;

    public bool Has(string name) => File.Exists(Path.Combine(folder, name));

    public Stream? Open(string name)
    {
        try
        {
            return new LocalFile(Path.Combine(folder, name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
