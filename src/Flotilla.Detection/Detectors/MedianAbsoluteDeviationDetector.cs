namespace Flotilla.Detection;

/// <summary>
/// Median and MAD from the sorted window. The deviations of the values left of the median, read towards the left, and of those
/// right of it, read towards the right, are two sorted runs (rounding is monotone, so their doubles are sorted too); the
/// middle of both together is found by a binary search on how many come from the left run.
/// </summary>
internal sealed class MedianAbsoluteDeviationDetector(double limit, int window, int warmUp) : IDetector
{
    internal const int MaxWindow = 10_000_000;

    private readonly SortedWindow _sorted = new(window);

    public Verdict Observe(Point point)
    {
        var value = point.Value;
        if (double.IsNaN(value)) return default;
        if (double.IsInfinity(value)) return _sorted.Count >= warmUp ? Verdict.FromScore(value * value) : default;

        _sorted.Add(value);
        if (_sorted.Count < warmUp) return default;

        var median = Median();
        var deviation = MedianDeviation(median);
        return deviation > 0 ? Verdict.FromScore(Math.Abs(value - median) / deviation / limit) : default;
    }

    private double Median()
    {
        var middle = _sorted.Count / 2;
        return _sorted.Count % 2 == 1 ? _sorted[middle] : Mean(_sorted[middle - 1], _sorted[middle]);
    }

    private double MedianDeviation(double median)
    {
        var count = _sorted.Count;
        var split = count / 2;
        double Left(int i) => i < 0 ? double.NegativeInfinity : i < split ? median - _sorted[split - 1 - i] : double.PositiveInfinity;
        double Right(int i) => i < 0 ? double.NegativeInfinity : i < count - split ? _sorted[split + i] - median : double.PositiveInfinity;

        var smaller = (count + 1) / 2;
        var low = Math.Max(0, smaller - (count - split));
        var high = Math.Min(split, smaller);
        while (low < high)
        {
            var fromLeft = (low + high) / 2;
            if (Left(fromLeft) < Right(smaller - fromLeft - 1)) low = fromLeft + 1;
            else high = fromLeft;
        }
        var middle = Math.Max(Left(low - 1), Right(smaller - low - 1));
        return count % 2 == 1 ? middle : Mean(middle, Math.Min(Left(low), Right(smaller - low)));
    }

    private static double Mean(double a, double b) => (a + b) / 2;
}
