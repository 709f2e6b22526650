namespace Flotilla.Detection;

/// <summary>
/// Ranks in sorted numbers. The searches have no branches that a processor would have to guess, for half of the guesses would be wrong.
/// </summary>
internal static class Sorted
{
    /// <summary>How many are less than <paramref name="value"/>.</summary>
    public static int CountBelow(ReadOnlySpan<double> sorted, double value)
    {
        var from = 0;
        for (var length = sorted.Length; length > 0;)
        {
            var half = (length + 1) / 2;
            from += sorted[from + half - 1] < value ? half : 0;
            length -= half;
        }
        return from;
    }

    /// <summary>How many are not greater than <paramref name="value"/>.</summary>
    public static int CountUpTo(ReadOnlySpan<double> sorted, double value)
    {
        var from = 0;
        for (var length = sorted.Length; length > 0;)
        {
            var half = (length + 1) / 2;
            from += sorted[from + half - 1] <= value ? half : 0;
            length -= half;
        }
        return from;
    }
}
