using Flotilla.Core;

namespace Flotilla.Programs.Real;

/// <summary>Where built programs are kept: <c>$XDG_CACHE_HOME/flotilla</c>, else <c>~/.cache/flotilla</c>.</summary>
internal static class BuildCache
{
    private const string Note = "source";

    // EWOULDBLOCK of errno(3): another process holds the lock.
    private const int WouldBlock = 11;

    public static string Root { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "flotilla");

    /// <summary>Waits until no other process builds: one build at a time in all, for they share projects.</summary>
    /// <exception cref="ProblemException">The folder cannot be used.</exception>
    public static Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken) => LockAsync(Root, cancellationToken);

    internal static async Task<IAsyncDisposable> LockAsync(string folder, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return new FileStream(Path.Combine(folder, "build.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult == WouldBlock)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ProblemException(new Problem($"The folder {folder} cannot be used to keep built programs.", Why: e.Message,
                    Fix: "Make it writable, or name another folder for caches in XDG_CACHE_HOME."), e);
            }
        }
    }

    /// <summary>Says that a build was used now; see <see cref="Prune"/>.</summary>
    public static void Touch(string build) => Directory.SetLastWriteTimeUtc(build, DateTime.UtcNow);

    /// <summary>Notes which file a folder of builds belongs to; see <see cref="RemoveGone"/>.</summary>
    public static Task NoteAsync(string builds, string source, CancellationToken cancellationToken) => File.WriteAllTextAsync(Path.Combine(builds, Note), source, cancellationToken);

    /// <summary>Removes the builds of files that are not there any more: moved, thrown away, or tried out in a temporary folder.</summary>
    public static void RemoveGone(string folder)
    {
        foreach (var builds in new DirectoryInfo(folder).EnumerateDirectories())
            if (Path.Combine(builds.FullName, Note) is var note && File.Exists(note) && !File.Exists(File.ReadAllText(note))) Remove(builds);
    }

    /// <summary>Removes all but the builds in a folder that were used last.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="keep">How many stay.</param>
    /// <param name="other">The name of a folder in it that is no build; null for none.</param>
    public static void Prune(string folder, int keep, string? other = null)
    {
        foreach (var old in new DirectoryInfo(folder).EnumerateDirectories().Where(build => build.Name != other).OrderByDescending(build => build.LastWriteTimeUtc).Skip(keep)) Remove(old);
    }

    private static void Remove(DirectoryInfo builds)
    {
        try { builds.Delete(recursive: true); }
        catch (IOException) { /* in use by another command: next time */ }
    }
}
