using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Runtime.Real;

/// <summary>The folder of one container, held by a lock while its process lives.</summary>
internal sealed class ContainerFolder(RuntimeFolder folder, string id, FileStream hold) : IDisposable
{
    private const string KeptMark = "kept";
    private const int Detach = 2;

    private static int _count;

    public string Id => id;

    public string Path { get; } = System.IO.Path.Combine(folder.Containers, id);

    /// <summary>The root that the container sees.</summary>
    public string Root => File("root");

    /// <summary>What it wrote, where the root is an overlay.</summary>
    public string Upper => File("upper");

    /// <summary>What its mounts need and the image has not.</summary>
    public string Stubs => File("stubs");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public static ContainerFolder Create(RuntimeFolder folder, TimeProvider time)
    {
        while (true)
        {
            var id = $"flotilla-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}-{time.GetUtcNow().Ticks:x}";
            if (RuntimeFolder.TryLock(LockOf(folder, id), shared: false) is not { } hold) continue;
            var made = new ContainerFolder(folder, id, hold);
            foreach (var each in new[] { made.Root, made.Upper, made.Stubs, made.File("work"), made.File("bundle") }) Directory.CreateDirectory(each);
            return made;
        }
    }

    /// <summary>Removes what processes left that died before they could: containers that still run, mounts, files.</summary>
    public static async Task RemoveLeftoversAsync(RuntimeFolder folder, Runc runc, CancellationToken cancellationToken)
    {
        foreach (var path in Directory.EnumerateDirectories(folder.Containers).ToList())
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(path, KeptMark))) continue;
            var id = System.IO.Path.GetFileName(path);
            if (RuntimeFolder.TryLock(LockOf(folder, id), shared: false) is not { } hold) continue;
            using var left = new ContainerFolder(folder, id, hold);
            await left.RemoveAsync(runc, cancellationToken);
        }
    }

    /// <summary>Ends what runs in it and removes it.</summary>
    public async Task RemoveAsync(Runc runc, CancellationToken cancellationToken)
    {
        await runc.DeleteAsync(id, cancellationToken);
        Unmount();
        await FolderRemoval.RemoveAsync(Path, cancellationToken);
        System.IO.File.Delete(LockOf(folder, id));
    }

    public void Unmount()
    {
        // Twice where a mount was laid over a mount; it fails when there is none.
        while (Posix.Unmount(Root, Detach) == 0) { }
    }

    /// <summary>Leaves it to the user.</summary>
    public void Keep()
    {
        Unmount();
        System.IO.File.WriteAllText(File(KeptMark), "");
        System.IO.File.Delete(LockOf(folder, id));
    }

    public void Dispose() => hold.Dispose();

    private static string LockOf(RuntimeFolder folder, string id) => System.IO.Path.Combine(folder.Containers, id + ".lock");
}
