using Flotilla.Core;
using Flotilla.Programs.Real;

namespace Flotilla.Running.Real;

/// <summary>
/// The folder <c>.flotilla</c> beside <c>fleet.cs</c>, where <c>up</c> keeps what it needs: a sandbox root for each host,
/// logs, the journal. One <c>up</c> holds it at a time.
/// </summary>
internal sealed class FleetState : IDisposable
{
    private const int SocketBytesMax = 107;
    private const string EventsSuffix = ".db";

    private readonly FileStream _lock;

    private FleetState(string folder, FileStream held) => (Folder, _lock) = (folder, held);

    public string Folder { get; }

    /// <summary>The journal of handler runs.</summary>
    public static string Journal(string folder) => Path.Combine(folder, "journal.jsonl");

    /// <summary>
    /// Where a running <c>up</c> or <c>agent</c> of this folder listens: in it, so that all who know the folder find it; beside it in
    /// /tmp where the path would be too long for a socket (unix(7)).
    /// </summary>
    public static string Socket(string folder)
    {
        var path = Path.Combine(Path.GetFullPath(folder), "control.sock");
        return System.Text.Encoding.UTF8.GetByteCount(path) <= SocketBytesMax ? path : $"/tmp/flotilla-{Environment.UserName}-{Fingerprint.Of(Path.GetFullPath(folder))}.sock";
    }

    public static string FolderOf(string fleetFolder) => Path.Combine(fleetFolder, ".flotilla");

    /// <summary>The folders of the agents that keep their state below one folder, by host.</summary>
    public static IReadOnlyList<string> AgentFolders(string folder) =>
        Directory.Exists(Path.Combine(folder, "agents")) ? [.. Directory.GetDirectories(Path.Combine(folder, "agents")).Order(StringComparer.Ordinal)] : [];

    /// <summary>Where the agent of a host keeps its state, below the folder for all of them.</summary>
    public static string AgentFolder(string folder, string host) => Path.Combine(folder, "agents", host);

    /// <summary>Where <c>up</c> keeps the events of a host.</summary>
    public static string EventsOfUp(string folder, string host) => Path.Combine(folder, "events", host + EventsSuffix);

    /// <summary>Where the agent of a host keeps its events, in the folder of that agent.</summary>
    public static string EventsOfAgent(string agentFolder) => Path.Combine(agentFolder, "events" + EventsSuffix);

    /// <summary>The files with the events of all hosts that have run here, those of <c>up</c> first.</summary>
    /// <param name="folder">The folder of <c>up</c>.</param>
    /// <param name="agents">The folder for all agents, when the user named one: then <c>up</c> is left out.</param>
    public static IReadOnlyList<(string Host, string Path)> EventFiles(string folder, string? agents)
    {
        var up = Path.Combine(folder, "events");
        var files = agents is null && Directory.Exists(up)
            ? Directory.GetFiles(up, "*" + EventsSuffix).Order(StringComparer.Ordinal).Select(file => (Path.GetFileNameWithoutExtension(file), file))
            : [];
        return [.. files, .. AgentFolders(agents ?? folder).Select(agent => (Host: Path.GetFileName(agent), Path: EventsOfAgent(agent))).Where(file => File.Exists(file.Path))];
    }

    /// <exception cref="ProblemException">Another <c>up</c> holds the folder, or it cannot be made.</exception>
    public static FleetState Open(string fleetFolder) =>
        Open(FolderOf(fleetFolder), FolderOf(fleetFolder), "This fleet is up already.", "Stop that one with Ctrl-C, or look at it with \"flotilla apps\".");

    /// <summary>The state of one host's agent.</summary>
    /// <param name="folder">The folder for all agents: <c>.flotilla</c> unless the user named another.</param>
    /// <param name="host">Which host.</param>
    /// <exception cref="ProblemException">Another agent of the host holds it, or it cannot be made.</exception>
    public static FleetState OpenAgent(string folder, string host) =>
        Open(folder, AgentFolder(folder, host), $"Host \"{host}\" has an agent already.", "Stop that one, or give this one another place with --state DIR.");

    /// <summary>Where hosts are rehearsed.</summary>
    /// <exception cref="ProblemException">Another rehearsal holds it, or it cannot be made.</exception>
    public static FleetState OpenRehearsal(string fleetFolder) =>
        Open(FolderOf(fleetFolder), Path.Combine(FolderOf(fleetFolder), "rehearsal"), "This fleet is being rehearsed already.", "Wait for that one, or stop it with Ctrl-C.");

    private static FleetState Open(string ignored, string folder, string taken, string takenFix)
    {
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(ignored, ".gitignore"), "*\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem($"The folder {folder} cannot be made.", Why: e.Message, Fix: "Make the folder above it writable."), e);
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
            throw new ProblemException(new Problem(taken, Why: $"process {Holder(path + ".holder")} holds {path}.", Fix: takenFix));
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
