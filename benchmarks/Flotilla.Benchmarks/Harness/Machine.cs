using System.Globalization;
using System.Runtime.InteropServices;

namespace Flotilla.Benchmarks.Harness;

/// <summary>The machine that measures.</summary>
internal static class Machine
{
    // What else runs is left to end, if it does so soon.
    private const double QuietLoad = 1.5;
    private static readonly TimeSpan QuietPatience = TimeSpan.FromMinutes(3);

    /// <summary>Cores, system, runtime, and the load before anything was started.</summary>
    public static string Describe() =>
        $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, load before {Load()}";

    /// <summary>The average number of runnable tasks over the last minute.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>Waits, but not for ever, until nothing else takes the machine's time.</summary>
    public static void WaitForQuiet()
    {
        using var limit = new CancellationTokenSource(QuietPatience);
        while (double.Parse(Load(), CultureInfo.InvariantCulture) > QuietLoad && !limit.IsCancellationRequested)
            limit.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(2));
    }
}
