using System.Globalization;

namespace Flotilla.Apps.Engines.Real;

/// <summary>Finds who listens on a port (proc_net(5): local address in hex, state 0A is LISTEN, inode of the socket).</summary>
internal static class PortOwner
{
    private const string Listening = "0A";

    /// <summary><c>nginx -g daemon off; (process 4711)</c>, or null when it cannot be seen.</summary>
    public static string? Describe(int port)
    {
        var inodes = Inodes("/proc/net/tcp", port).Concat(Inodes("/proc/net/tcp6", port))
            .Select(inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        if (inodes.Count == 0) return null;
        foreach (var process in ProcessTable.Ids())
            if (Holds(process, inodes) && ProcessTable.Describe(process) is { } name) return $"{name} (process {process})";
        return null;
    }

    private static IEnumerable<string> Inodes(string table, int port)
    {
        if (!File.Exists(table)) yield break;
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 10 || fields[3] != Listening) continue;
            var local = fields[1].AsSpan();
            if (int.Parse(local[(local.LastIndexOf(':') + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port) yield return fields[9];
        }
    }

    private static bool Holds(int process, HashSet<string> inodes)
    {
        try
        {
            foreach (var descriptor in Directory.EnumerateFileSystemEntries($"/proc/{process}/fd"))
                if (new FileInfo(descriptor).LinkTarget is { } target && inodes.Contains(target)) return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is someone else's.
        }
        return false;
    }
}
