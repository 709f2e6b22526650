namespace Flotilla.Detection;

/// <summary>The nine algorithms as they judge the newest point of a window. Their formulas are at the doors in <see cref="Detectors"/>.</summary>
internal static class CrucibleRules
{
    public static Verdict FirstHourAverage(CrucibleWindow window, double sigmas)
    {
        var sums = window.FirstHours;
        if (sums.Count < 2) return default;
        // A mean of three equal values may differ from them by rounding, which is all that counts beside a deviation of 0.
        var last = window.Last;
        var still = last[0].Value == sums.MeanValue && last[1].Value == sums.MeanValue && last[2].Value == sums.MeanValue;
        return sums.ValueSquares == 0 && still ? default : Beyond(Math.Abs(window.Tail - sums.MeanValue), sigmas * sums.SampleDeviation);
    }

    public static Verdict MeanSubtractionCumulation(CrucibleWindow window, double sigmas)
    {
        var sums = window.LineBefore;
        return sums.Count < 2 ? default : Beyond(Math.Abs(window.Newest - sums.MeanValue), sigmas * sums.SampleDeviation);
    }

    public static Verdict StdDevFromAverage(CrucibleWindow window, double sigmas)
    {
        var sums = window.Line;
        return sums.ValueSquares == 0 ? default : Beyond(Math.Abs(window.Tail - sums.MeanValue), sigmas * sums.SampleDeviation);
    }

    public static Verdict StdDevFromMovingAverage(CrucibleWindow window, double sigmas)
    {
        var sums = window.Decayed;
        return sums.Squares == 0 ? default : Beyond(Math.Abs(window.Newest - sums.Mean), sigmas * sums.Deviation);
    }

    public static Verdict LeastSquares(CrucibleWindow window, double sigmas)
    {
        var sums = window.Line;
        if (sums.Count < 3 || sums.TimeSquares == 0) return default;
        var slope = sums.Products / sums.TimeSquares;
        var deviation = Math.Sqrt(Math.Max(0, sums.ValueSquares - sums.Products * slope) / sums.Count);
        // Both are rounded to whole numbers, half to even, and must not be 0. One over 3σ with σ over one half is not.
        if (Math.Round(deviation) == 0) return default;
        var residuals = 0.0;
        foreach (var (seconds, value) in window.Last) residuals += value - sums.MeanValue - slope * (seconds - sums.MeanTime);
        return Beyond(Math.Abs(residuals / window.Last.Length), sigmas * deviation);
    }

    public static Verdict Grubbs(CrucibleWindow window)
    {
        var sums = window.Line;
        return sums.ValueSquares == 0 ? default : Beyond((window.Tail - sums.MeanValue) / sums.Deviation, GrubbsLimits.For(sums.Count));
    }

    public static Verdict HistogramBins(CrucibleWindow window, int bins, int most)
    {
        var sorted = window.Sorted!;
        var (low, high) = (sorted.Min, sorted.Max);
        // As NumPy does when there is no spread, so the first points of a constant series are rare.
        if (low == high) (low, high) = (low - 0.5, high + 0.5);
        if (low == high) return default;
        var tail = window.Tail;
        var width = (high - low) / bins;
        // The edges as NumPy makes them decide, to the last bit; the quotient is only where to look first.
        double Edge(int edge) => edge == bins ? high : edge * width + low;
        var bin = (int)Math.Clamp((tail - low) / width, 0, bins - 1);
        while (bin > 0 && tail < Edge(bin)) bin--;
        while (bin < bins - 1 && tail >= Edge(bin + 1)) bin++;

        var before = bin == 0 ? 0 : sorted.CountBelow(Edge(bin));
        var count = (bin == bins - 1 ? sorted.Count : sorted.CountBelow(Edge(bin + 1))) - before;
        // Crucible leaves out the inside of the first bin, and the highest value.
        var counts = bin == 0 ? tail <= low : tail < high;
        var score = (most + 1) / (count + 0.5);
        return counts ? Verdict.FromScore(score) : new(false, Math.Min(score, 1));
    }

    public static Verdict MedianAbsoluteDeviation(CrucibleWindow window, double limit, ref int hint)
    {
        var (median, deviation) = Medians.Of(window.Sorted!, ref hint);
        if (deviation == 0) return default;
        var ratio = Math.Abs(window.Newest - median) / deviation;
        return Decided(ratio > limit, ratio / limit);
    }

    public static Verdict KsTest(CrucibleWindow window) => window.KolmogorovSmirnov!.Judge();

    private static Verdict Beyond(double distance, double limit) => Decided(distance > limit, distance / limit);

    // The comparison decides; the score is held to its side of 1, which rounding could cross.
    private static Verdict Decided(bool anomalous, double score) =>
        Verdict.FromScore(anomalous ? Math.Max(score, Math.BitIncrement(1.0)) : Math.Min(score, 1));
}
