namespace Flotilla.Benchmarks.Detection;

/// <summary>
/// CPU time of this process in seconds. What one thread computes is measured by it: what else the machine does does not count, what the
/// runtime compiles and collects meanwhile does.
/// </summary>
internal static class CpuTime
{
    public static double Seconds => Environment.CpuUsage.TotalTime.TotalSeconds;

    public static double Of(Action work)
    {
        var before = Seconds;
        work();
        return Seconds - before;
    }
}
