using System.Threading.Channels;
using Flotilla.Console;

namespace Flotilla.Cli.Inspect;

/// <summary>Does something again whenever a file below a folder has changed.</summary>
internal static class Watching
{
    // Editors write a file in several steps.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    public static async Task<int> RunAsync(string folder, Func<Task<int>> inspect, Terminal terminal, CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true, InternalBufferSize = 64 * 1024 };
        watcher.Changed += Seen;
        watcher.Created += Seen;
        watcher.Deleted += Seen;
        watcher.Renamed += Seen;
        // Too many at once: something has changed, whatever it was.
        watcher.Error += (_, _) => changes.Writer.TryWrite(".");
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            await inspect();
            terminal.Note("Waiting for a change; Ctrl-C ends it.", Tone.Faint);
            var changed = await changes.Reader.ReadAsync(cancellationToken);
            await Task.Delay(Quiet, cancellationToken);
            while (changes.Reader.TryRead(out _)) { }
            terminal.Note($"{changed} has changed.", Tone.Faint);
        }

        void Seen(object sender, FileSystemEventArgs change)
        {
            var path = Path.GetRelativePath(folder, change.FullPath);
            // What git, builds and tools write for themselves.
            if (!path.Split('/').Any(part => part is ".git" or "obj" or "bin" or "__pycache__" or ".mypy_cache")) changes.Writer.TryWrite(path);
        }
    }
}
