using System.Diagnostics;

namespace Flotilla.Benchmarks.Harness;

/// <summary>Many measured times of one run.</summary>
internal static class Samples
{
    /// <summary>The value that so many percent of all are not above (nearest rank; the median is the mean of the middle two).</summary>
    public static double Percentile(IReadOnlyList<double> sorted, double percent)
    {
        if (percent == 50) return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        return sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * percent / 100) - 1, 0, sorted.Count - 1)];
    }

    /// <summary>Microseconds between two timestamps.</summary>
    public static double Microseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMicroseconds;
}
