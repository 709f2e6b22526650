namespace Flotilla.Images.Graph.Real;

/// <summary>
/// Keeps imports and the removal of what nothing refers to apart: imports hold the graph together with each other, <c>gc</c> alone. The
/// kernel lets go of it (flock(2)) when its holder dies.
/// </summary>
internal sealed class GraphLock : IDisposable
{
    private const string FileName = "flotilla.lock";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly FileStream _file;

    private GraphLock(FileStream file) => _file = file;

    /// <summary>Waits for a place among the imports; first removes what a dead one left, if no other is at work.</summary>
    public static async Task<GraphLock> ShareAsync(string graph, TimeProvider time, CancellationToken cancellationToken)
    {
        if (TryAlone(graph) is { } alone)
            using (alone) RemoveLeftovers(graph);
        return await TakeAsync(graph, FileShare.Read, time, cancellationToken);
    }

    /// <summary>Waits until nobody else holds it.</summary>
    public static Task<GraphLock> AloneAsync(string graph, TimeProvider time, CancellationToken cancellationToken) => TakeAsync(graph, FileShare.None, time, cancellationToken);

    /// <summary>Takes it if nobody else holds it, else null.</summary>
    public static GraphLock? TryAlone(string graph) => TryTake(graph, FileShare.None);

    private static async Task<GraphLock> TakeAsync(string graph, FileShare share, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (TryTake(graph, share) is { } taken) return taken;
            if (time.GetElapsedTime(start) > WaitMax)
                throw ImageException.Of(ImageFault.Busy, $"Another process has held the graph {graph} for a minute.", fix: "Wait for its import or gc to end, or see with \"fuser\" on flotilla.lock who it is.");
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private static GraphLock? TryTake(string graph, FileShare share)
    {
        var path = Path.Combine(graph, FileName);
        if (!File.Exists(path))
            try { new FileStream(path, FileMode.CreateNew, FileAccess.Write).Dispose(); }
            catch (IOException) when (File.Exists(path)) { }
        try
        {
            return new GraphLock(new FileStream(path, FileMode.Open, FileAccess.Read, share));
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException)
        {
            return null;
        }
    }

    // A pack without an index was being renamed when its writer died: git does not see it either.
    private static void RemoveLeftovers(string graph)
    {
        var packs = Path.Combine(graph, "objects", "pack");
        if (!Directory.Exists(packs)) return;
        foreach (var file in Directory.EnumerateFiles(packs, PackWriter.TemporaryPrefix + "*").ToList()) File.Delete(file);
        foreach (var pack in Directory.EnumerateFiles(packs, "pack-*.pack").ToList())
            if (!File.Exists(Path.ChangeExtension(pack, ".idx")) && !File.Exists(Path.ChangeExtension(pack, ".keep"))) File.Delete(pack);
    }

    public void Dispose() => _file.Dispose();
}
