namespace Flotilla.Images.Graph.Real;

/// <summary>A bare repository that holds images, with what reads and changes it.</summary>
internal sealed class GraphFolder(string path) : IDisposable
{
    private const string NewMark = "flotilla.new";

    public string Path { get; } = path;

    public ObjectStore Objects { get; } = new(System.IO.Path.Combine(path, "objects"));

    public Refs Refs { get; } = new(path);

    public Git Git { get; } = new(path);

    /// <summary>Whether a folder looks like a bare repository that is made to its end.</summary>
    public static bool Is(string path) =>
        File.Exists(System.IO.Path.Combine(path, "HEAD")) && Directory.Exists(System.IO.Path.Combine(path, "objects")) && Directory.Exists(System.IO.Path.Combine(path, "refs")) && !File.Exists(NewMarkOf(path));

    /// <summary>Makes the repository in a folder that is empty, or in which another died while it made one.</summary>
    /// <param name="path">The folder; the caller holds its lock.</param>
    /// <param name="lender">A graph whose objects the new one uses as if they were its own; null for none.</param>
    /// <param name="cancellationToken">Ends it; the next call begins anew.</param>
    public static async Task MakeAsync(string path, string? lender, CancellationToken cancellationToken)
    {
        if (!File.Exists(NewMarkOf(path)) && Directory.EnumerateFileSystemEntries(path).Any())
            throw ImageException.Of(ImageFault.NotFound, $"{path} is there and no graph of images.", fix: "Name another folder with --graph, or an empty one.");
        await File.WriteAllBytesAsync(NewMarkOf(path), [], cancellationToken);
        // What a git left that was killed.
        foreach (var file in Directory.EnumerateFiles(path, "*.lock").ToList()) File.Delete(file);
        var git = new Git(path);
        await git.RunAsync(["init", "--quiet", "--bare", "--initial-branch=main", "--template="], cancellationToken);
        // A gc of git's own in the midst of imports would be no gain: "flotilla image gc" does it.
        foreach (var (key, value) in new[] { ("gc.auto", "0"), ("maintenance.auto", "false"), ("receive.autogc", "false"), ("core.logAllRefUpdates", "true"), ("uploadpack.allowFilter", "true"), ("uploadpack.allowAnySHA1InWant", "true"), ("receive.unpackLimit", "1"), ("receive.fsckObjects", "true"), ("fetch.fsckObjects", "true") })
            await git.RunAsync(["config", key, value], cancellationToken);
        if (lender is not null)
            await File.WriteAllTextAsync(System.IO.Path.Combine(path, "objects", "info", "alternates"), System.IO.Path.Combine(System.IO.Path.GetFullPath(lender), "objects") + "\n", cancellationToken);
        File.Delete(NewMarkOf(path));
    }

    private static string NewMarkOf(string path) => System.IO.Path.Combine(path, NewMark);

    public void Dispose() => Objects.Dispose();
}
