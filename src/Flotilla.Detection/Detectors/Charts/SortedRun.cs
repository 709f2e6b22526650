namespace Flotilla.Detection;

/// <summary>Median, median absolute deviation and quantiles of values in ascending order.</summary>
internal static class SortedRun
{
    /// <summary>1/Φ⁻¹(¾): makes the MAD of normal values their standard deviation.</summary>
    public const double NormalMad = 1.4826022185056018;

    public static double Median(ReadOnlySpan<double> sorted)
    {
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>
    /// The median of |x − median|. The deviations to the left of the middle, read leftwards, and those to the right are two
    /// ascending runs; a binary search finds how many of the smaller half come from the left.
    /// </summary>
    public static double MedianDeviation(ReadOnlySpan<double> sorted, double median)
    {
        var split = sorted.Length / 2;
        var smaller = (sorted.Length + 1) / 2;
        var low = Math.Max(0, smaller - (sorted.Length - split));
        var high = Math.Min(split, smaller);
        while (low < high)
        {
            var fromLeft = (low + high) / 2;
            if (median - sorted[split - 1 - fromLeft] < sorted[split + smaller - fromLeft - 1] - median) low = fromLeft + 1;
            else high = fromLeft;
        }
        var fromRight = smaller - low;
        var middle = Math.Max(
            low > 0 ? median - sorted[split - low] : double.NegativeInfinity,
            fromRight > 0 ? sorted[split + fromRight - 1] - median : double.NegativeInfinity);
        if (sorted.Length % 2 == 1) return middle;
        var next = Math.Min(
            low < split ? median - sorted[split - 1 - low] : double.PositiveInfinity,
            split + fromRight < sorted.Length ? sorted[split + fromRight] - median : double.PositiveInfinity);
        return (middle + next) / 2;
    }

    /// <summary>The value at position share·(n − 1), between two neighbours in proportion.</summary>
    public static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }
}
