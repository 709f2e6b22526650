namespace Flotilla.Images.Graph.Real;

/// <summary>A bare repository that holds images, with what reads and changes it.</summary>
internal sealed class GraphFolder(string path) : IDisposable
{
    public string Path { get; } = path;

    public ObjectStore Objects { get; } = new(System.IO.Path.Combine(path, "objects"));

    public Refs Refs { get; } = new(path);

    public Git Git { get; } = new(path);

    /// <summary>Whether a folder looks like a bare repository.</summary>
    public static bool Is(string path) =>
        File.Exists(System.IO.Path.Combine(path, "HEAD")) && Directory.Exists(System.IO.Path.Combine(path, "objects")) && Directory.Exists(System.IO.Path.Combine(path, "refs"));

    public void Dispose() => Objects.Dispose();
}
