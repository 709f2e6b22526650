using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Flotilla.Benchmarks.Harness;

/// <summary>Processes as the kernel counts them.</summary>
internal static partial class Processes
{
    public const int Terminate = 15;
    public const int Kill = 9;
    public const int Interrupt = 2;

    /// <summary>CPU seconds of every child process that has ended and was waited for, and of theirs.</summary>
    public static double ChildrenCpuSeconds()
    {
        // getrusage(2): two timevals, then 14 counters, all of them longs on 64-bit Linux.
        const int ChildrenOnly = -1, Longs = 18;
        Span<long> usage = stackalloc long[Longs];
        if (ResourceUsage(ChildrenOnly, ref usage[0]) != 0) throw new InvalidOperationException("getrusage failed.");
        return usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6;
    }

    /// <summary>Those whose environment has a variable with this value, zombies left aside.</summary>
    public static List<int> WithVariable(string name, string value)
    {
        var wanted = Encoding.UTF8.GetBytes($"\0{name}={value}\0");
        var found = new List<int>();
        foreach (var id in Ids())
        {
            try
            {
                byte[] environment = [0, .. File.ReadAllBytes($"/proc/{id}/environ"), 0];
                if (environment.AsSpan().IndexOf(wanted) >= 0 && Stat(id)[0] != "Z") found.Add(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is another user's.
            }
        }
        return found;
    }

    /// <summary>The CPU seconds that a live process and its ended children have used.</summary>
    public static double CpuSeconds(int id)
    {
        // proc_pid_stat(5), fields 14 to 17 in ticks of 1/100 s; the first field here is the third there.
        var stat = Stat(id);
        return stat.Skip(11).Take(4).Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / 100;
    }

    /// <summary>Its command line, for people.</summary>
    public static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ').Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>A field of <c>smaps_rollup</c> or <c>status</c> in MB (10⁶ bytes).</summary>
    public static double Megabytes(int id, string file, string field) =>
        double.Parse(File.ReadLines($"/proc/{id}/{file}").First(line => line.StartsWith(field + ":", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Send(int id, int signal);

    private static IEnumerable<int> Ids()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) yield return id;
    }

    private static string[] Stat(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int ResourceUsage(int who, ref long usage);
}
