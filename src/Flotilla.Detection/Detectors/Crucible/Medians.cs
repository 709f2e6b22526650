namespace Flotilla.Detection;

/// <summary>
/// The median, and the median absolute deviation from it, of sorted values. The deviations of the values left of the median, read towards
/// the left, and of those right of it, read towards the right, are two sorted runs (rounding is monotone, so their doubles
/// are sorted too); the middle of both together is found by a search on how many come from the left run.
/// </summary>
internal static class Medians
{
    /// <param name="sorted">At least one value.</param>
    /// <param name="hint">Where the search ended the last time: one more value moves it little, so it is begun there, in growing steps.</param>
    public static (double Median, double Deviation) Of(SortedValues sorted, ref int hint)
    {
        var count = sorted.Count;
        var split = count / 2;
        var odd = count % 2 == 1;
        var median = odd ? sorted[split] : (sorted[split - 1] + sorted[split]) / 2;

        double Left(int i) => i < 0 ? double.NegativeInfinity : i < split ? median - sorted[split - 1 - i] : double.PositiveInfinity;
        double Right(int i) => i < 0 ? double.NegativeInfinity : i < count - split ? sorted[split + i] - median : double.PositiveInfinity;

        var smaller = (count + 1) / 2;
        bool TooFew(int fromLeft) => Left(fromLeft) < Right(smaller - fromLeft - 1);
        var low = Math.Max(0, smaller - (count - split));
        var high = Math.Min(split, smaller);
        var at = Math.Clamp(hint, low, high);
        if (at < high && TooFew(at))
        {
            low = at + 1;
            for (var step = 1; low + step - 1 < high; step *= 2)
            {
                var probe = low + step - 1;
                if (!TooFew(probe))
                {
                    high = probe;
                    break;
                }
                low = probe + 1;
            }
        }
        else
        {
            high = at;
            for (var step = 1; high - step >= low; step *= 2)
            {
                var probe = high - step;
                if (TooFew(probe))
                {
                    low = probe + 1;
                    break;
                }
                high = probe;
            }
        }
        while (low < high)
        {
            var fromLeft = (low + high) / 2;
            if (TooFew(fromLeft)) low = fromLeft + 1;
            else high = fromLeft;
        }
        hint = low;
        var middle = Math.Max(Left(low - 1), Right(smaller - low - 1));
        return (median, odd ? middle : (middle + Math.Min(Left(low), Right(smaller - low))) / 2);
    }
}
