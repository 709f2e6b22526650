using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Runtime.Real;

/// <summary>
/// The folder within a graph in which containers live: <c>bases/COMMIT</c>, checkouts that containers share and never write;
/// <c>containers/ID</c>, each with a lock that its process holds; <c>runc</c>, the runtime's own state. Only its owner may enter, so that
/// no user of the host reaches a set-id program of an image.
/// </summary>
internal sealed class RuntimeFolder
{
    private const string Complete = ".complete";
    private const int BasesKept = 4;

    public RuntimeFolder(string graph)
    {
        Path = System.IO.Path.Combine(graph, "flotilla-runtime");
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var folder in new[] { Bases, Containers, State }) Directory.CreateDirectory(folder);
    }

    public string Path { get; }

    public string Bases => System.IO.Path.Combine(Path, "bases");

    public string Containers => System.IO.Path.Combine(Path, "containers");

    public string State => System.IO.Path.Combine(Path, "runc");

    /// <summary>Takes a lock file, made if missing; null when another process has it.</summary>
    public static FileStream? TryLock(string path, bool shared)
    {
        try
        {
            if (!File.Exists(path)) new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            return new FileStream(path, FileMode.Open, FileAccess.Read, shared ? FileShare.Read : FileShare.None);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The checkout of an image, made if missing, and a lock that keeps it.</summary>
    public async Task<(string Folder, FileStream Hold)> BaseAsync(GraphImage image, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = System.IO.Path.Combine(Bases, image.Commit.ToString());
        var complete = System.IO.Path.Combine(folder, Complete);
        var root = System.IO.Path.Combine(folder, "root");
        Directory.CreateDirectory(folder);
        while (true)
        {
            if (TryLock(folder + ".lock", shared: false) is { } alone)
                using (alone)
                    if (!File.Exists(complete))
                    {
                        // What a process left that died in the midst of it.
                        if (Directory.Exists(root)) await FolderRemoval.RemoveAsync(root, cancellationToken);
                        Directory.CreateDirectory(root);
                        new Checkout(image, forOverlay: true, cancellationToken).Run(root);
                        await File.WriteAllTextAsync(complete, "", cancellationToken);
                    }
            if (TryLock(folder + ".lock", shared: true) is { } hold)
            {
                if (File.Exists(complete))
                {
                    File.SetLastWriteTimeUtc(complete, time.GetUtcNow().UtcDateTime);
                    return (root, hold);
                }
                hold.Dispose();
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
        }
    }

    /// <summary>Removes checkouts that nobody uses, apart from the few used last.</summary>
    public async Task RemoveOldBasesAsync(CancellationToken cancellationToken)
    {
        var bases = Directory.EnumerateDirectories(Bases)
            .OrderByDescending(folder => File.GetLastWriteTimeUtc(System.IO.Path.Combine(folder, Complete))).ThenBy(folder => folder, StringComparer.Ordinal);
        foreach (var folder in bases.Skip(BasesKept).ToList())
            if (TryLock(folder + ".lock", shared: false) is { } alone)
                using (alone)
                {
                    // Another may have removed it since the names were read.
                    if (!Directory.Exists(folder)) continue;
                    File.Delete(System.IO.Path.Combine(folder, Complete));
                    await FolderRemoval.RemoveAsync(folder, cancellationToken);
                }
    }
}
