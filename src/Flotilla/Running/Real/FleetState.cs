using Flotilla.Core;
using Flotilla.Programs.Real;

namespace Flotilla.Running.Real;

/// <summary>
/// The folder <c>.flotilla</c> beside <c>fleet.cs</c>, where <c>up</c> keeps what it needs: a sandbox root for each host,
/// logs, the journal. One <c>up</c> holds it at a time.
/// </summary>
internal sealed class FleetState : IDisposable
{
    private readonly FileStream _lock;

    private FleetState(string folder, FileStream held) => (Folder, _lock) = (folder, held);

    public string Folder { get; }

    /// <summary>The journal of handler runs.</summary>
    public static string Journal(string folder) => Path.Combine(folder, "journal.jsonl");

    /// <summary>Where a running <c>up</c> of this folder listens. Paths of sockets are short, so it does not lie in the folder.</summary>
    public static string Socket(string folder)
    {
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return Path.Combine(string.IsNullOrEmpty(runtime) ? Path.GetTempPath() : runtime, $"flotilla-{Environment.UserName}-{Fingerprint.Of(Path.GetFullPath(folder))}.sock");
    }

    public static string FolderOf(string fleetFolder) => Path.Combine(fleetFolder, ".flotilla");

    /// <exception cref="ProblemException">Another <c>up</c> holds the folder, or it cannot be made.</exception>
    public static FleetState Open(string fleetFolder)
    {
        var folder = FolderOf(fleetFolder);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, ".gitignore"), "*\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem($"The folder {folder} cannot be made.", Why: e.Message, Fix: "Make the fleet's folder writable."), e);
        }
        var path = Path.Combine(folder, "lock");
        try
        {
            // Only a lock that is shared with nobody is exclusive (flock(2)), and then nobody can read the file: its holder is told beside it.
            var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(path + ".holder", $"{Environment.ProcessId}\n");
            return new FleetState(folder, held);
        }
        catch (IOException)
        {
            throw new ProblemException(new Problem("This fleet is up already.", Why: $"process {Holder(path + ".holder")} holds {path}.",
                Fix: "Stop that one with Ctrl-C, or look at it with \"flotilla apps\"."));
        }
    }

    private static string Holder(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return "of another user";
        }
    }

    public void Dispose() => _lock.Dispose();
}
