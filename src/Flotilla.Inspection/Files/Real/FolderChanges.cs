using System.Threading.Channels;

namespace Flotilla.Inspection.Files.Real;

/// <summary>Tells when something below a folder has changed that may be inspected.</summary>
public sealed class FolderChanges : IDisposable
{
    // Editors write a file in several steps.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    private readonly Channel<string> _changes = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly FileSystemWatcher _watcher;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private volatile IReadOnlySet<string> _own = new HashSet<string>();

    /// <summary>Begins to watch.</summary>
    /// <param name="folder">The folder, absolute.</param>
    /// <param name="time">Tells when a burst of changes is over.</param>
    public FolderChanges(string folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true, InternalBufferSize = 64 * 1024 };
        _watcher.Changed += Seen;
        _watcher.Created += Seen;
        _watcher.Deleted += Seen;
        _watcher.Renamed += Seen;
        // Too many at once: something has changed, whatever it was.
        _watcher.Error += (_, _) => _changes.Writer.TryWrite(".");
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>Tells nothing of some files from now on: what is written by who waits here would wake it again and again.</summary>
    /// <param name="files">Their paths, absolute or relative to the folder.</param>
    public void PassOver(IEnumerable<string> files) => _own = files.Select(file => Path.GetRelativePath(_folder, Path.GetFullPath(file, _folder))).ToHashSet(StringComparer.Ordinal);

    /// <summary>Waits for a change since the last one told; the path, relative to the folder, of the first of those that came together.</summary>
    public async Task<string> NextAsync(CancellationToken cancellationToken)
    {
        var changed = await _changes.Reader.ReadAsync(cancellationToken);
        await Task.Delay(Quiet, _time, cancellationToken);
        while (_changes.Reader.TryRead(out _)) { }
        return changed;
    }

    /// <inheritdoc/>
    public void Dispose() => _watcher.Dispose();

    private void Seen(object sender, FileSystemEventArgs change)
    {
        var path = Path.GetRelativePath(_folder, change.FullPath);
        // What git, builds and tools write for themselves.
        if (!_own.Contains(path) && !path.Split('/').Any(part => part is ".git" or "obj" or "bin" or "__pycache__" or ".mypy_cache")) _changes.Writer.TryWrite(path);
    }
}
