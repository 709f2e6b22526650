using System.Text;

namespace Flotilla.Apps.Engines.Real;

/// <summary>Finds where this program may make cgroups of version 2.</summary>
internal static class CgroupRoot
{
    /// <summary>
    /// Makes the folder <paramref name="name"/> in the cgroup of this program; null where there is no version 2, where it
    /// cannot be written, or where the kernel has no <c>cgroup.kill</c> (before 5.14).
    /// </summary>
    public static string? TryMake(string name)
    {
        try
        {
            if (OwnFolder() is not { } own) return null;
            var folder = Path.Combine(own, name);
            Directory.CreateDirectory(folder);
            if (!File.Exists(Path.Combine(folder, "cgroup.kill")) || !File.Exists(Path.Combine(folder, "cgroup.freeze")))
            {
                Directory.Delete(folder);
                return null;
            }
            // Moving a process needs write access to the common ancestor's list too: a file opened for writing tells.
            using var _ = OpenToWrite(Path.Combine(own, "cgroup.procs"));
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes to a control file, which is neither created nor truncated.</summary>
    public static void Write(string path, string text)
    {
        using var file = OpenToWrite(path);
        file.Write(Encoding.ASCII.GetBytes(text));
    }

    private static FileStream OpenToWrite(string path) =>
        new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private static string? OwnFolder()
    {
        var own = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..];
        if (own is null) return null;
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            // 41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw   (proc_pid_mountinfo(5))
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator < 0 || separator + 1 >= fields.Length || fields[separator + 1] != "cgroup2") continue;
            var (root, mount) = (fields[3], fields[4]);
            var inside = root == "/" ? own : own.StartsWith(root, StringComparison.Ordinal) ? own[root.Length..] : null;
            if (inside is null) continue;
            return Path.Combine(mount, inside.TrimStart('/'));
        }
        return null;
    }
}
