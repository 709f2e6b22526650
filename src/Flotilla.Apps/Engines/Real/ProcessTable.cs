using System.Globalization;
using System.Text;

namespace Flotilla.Apps.Engines.Real;

/// <summary>The processes of this machine, read from <c>/proc</c> (proc_pid_stat(5), proc_pid_environ(5)).</summary>
internal static class ProcessTable
{
    /// <summary>A process. <paramref name="State"/> is the letter of its state.</summary>
    public readonly record struct Entry(int Id, int Parent, char State)
    {
        /// <summary>Halted by a signal, or under a debugger.</summary>
        public bool IsStopped => State is 'T' or 't';

        /// <summary>Dead, and not yet waited for by its parent.</summary>
        public bool IsZombie => State is 'Z' or 'X';
    }

    /// <summary>
    /// The live processes that have the variable with this value in their environment, the given one, and all their
    /// descendants, this program left aside.
    /// </summary>
    public static List<Entry> Find(string variable, string value, int? root = null)
    {
        var all = Read();
        var wanted = Encoding.UTF8.GetBytes($"{variable}={value}");
        var members = new HashSet<int>();
        if (root is { } first) members.Add(first);
        foreach (var process in all)
            if (process.Id != Environment.ProcessId && HasVariable(process.Id, wanted)) members.Add(process.Id);
        // Parents may have greater numbers than their children, so that one pass is not enough.
        for (var before = -1; before != members.Count;)
        {
            before = members.Count;
            foreach (var process in all)
                if (members.Contains(process.Parent) && process.Id != Environment.ProcessId) members.Add(process.Id);
        }
        return [.. all.Where(process => members.Contains(process.Id) && !process.IsZombie)];
    }

    /// <summary>How people know a process: its command line, or its short name; null when it is gone.</summary>
    public static string? Describe(int processId)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{processId}/cmdline").Replace('\0', ' ').Trim();
            if (line.Length == 0) line = File.ReadAllText($"/proc/{processId}/comm").Trim();
            return line.Length <= 80 ? line : string.Concat(line.AsSpan(0, 79), "…");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The numbers of all processes.</summary>
    public static IEnumerable<int> Ids()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) yield return id;
    }

    private static List<Entry> Read()
    {
        var entries = new List<Entry>();
        foreach (var id in Ids())
        {
            try
            {
                // 42 (name with ) and spaces) S 1 …
                var stat = File.ReadAllText($"/proc/{id}/stat");
                var rest = stat.AsSpan(stat.LastIndexOf(')') + 2);
                var parent = rest[2..];
                parent = parent[..parent.IndexOf(' ')];
                entries.Add(new Entry(id, int.Parse(parent, CultureInfo.InvariantCulture), rest[0]));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended between the listing and the reading.
            }
        }
        return entries;
    }

    private static bool HasVariable(int processId, byte[] wanted)
    {
        try
        {
            ReadOnlySpan<byte> environment = File.ReadAllBytes($"/proc/{processId}/environ");
            while (!environment.IsEmpty)
            {
                var end = environment.IndexOf((byte)0);
                var variable = end < 0 ? environment : environment[..end];
                if (variable.SequenceEqual(wanted)) return true;
                environment = end < 0 ? [] : environment[(end + 1)..];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is someone else's.
        }
        return false;
    }
}
