namespace Flotilla.Detection;

/// <summary>
/// The generalised extreme Studentised deviate test (B. Rosner, Technometrics 25(2), 1983) in the hybrid form of Hochenbaum,
/// Vallis and Kejariwal (2017): median and MAD instead of mean and deviation. What is most extreme is always at an end of the
/// sorted values, so what remains after each removal is a part of the same array, whose median and MAD are found by binary search.
/// </summary>
internal sealed class ExtremeDeviates(double significance)
{
    private const double Tie = 1e-9;

    private readonly List<double> _critical = [0, 0, 0];

    /// <summary>
    /// The critical value λ of a step at which <paramref name="remaining"/> values are left, 3 or more:
    /// (m − 1)·t/√((m − 2 + t²)·m) with t the upper α/(2m) quantile of m − 2 degrees. With m = n − i + 1 it is Rosner's λᵢ.
    /// </summary>
    public double Critical(int remaining)
    {
        while (_critical.Count <= remaining)
        {
            double m = _critical.Count;
            var t = StudentT.UpperQuantile(significance / (2 * m), m - 2);
            _critical.Add((m - 1) * t / Math.Sqrt((m - 2 + t * t) * m));
        }
        return _critical[remaining];
    }

    /// <summary>
    /// How far <paramref name="candidate"/> is an outlier among <paramref name="sorted"/>, which contain it: the largest R/λ of
    /// the steps from the one that removes it on, over 1 exactly when the test calls it an outlier. When no step removes it, its
    /// own R/λ after the last one, held to 1.
    /// </summary>
    /// <param name="sorted">Ascending; 3 or more.</param>
    /// <param name="candidate">One of them.</param>
    /// <param name="most">How many outliers there can be.</param>
    /// <param name="floor">What a MAD, in normal scale, is at least.</param>
    public DeviateResult Test(ReadOnlySpan<double> sorted, double candidate, int most, double floor)
    {
        double score = 0, centre = 0, deviation = 0, critical = 0;
        bool removed = false, outlier = true;
        var left = sorted;
        for (var step = 0; ; step++)
        {
            var median = SortedRun.Median(left);
            var mad = SortedRun.NormalMad * SortedRun.MedianDeviation(left, median);
            var limit = Critical(left.Length) * Scales.Floored(mad, floor, median);
            if (outlier) (centre, deviation, critical) = (median, mad, Critical(left.Length));
            if (step == most || left.Length == 3)
            {
                var own = removed ? 0 : Math.Min(1, Ratio(Math.Abs(candidate - median), limit));
                return new(Math.Max(score, own), centre, deviation, critical);
            }
            // A season of medians leaves pairs that are equally far on both sides: which of them goes first must not hang on rounding.
            var (below, above) = (median - left[0], left[^1] - median);
            var fromLow = below - above > Tie * below;
            var extreme = fromLow ? left[0] : left[^1];
            var ratio = Ratio(Math.Abs(extreme - median), limit);
            outlier = ratio > 1;
            removed |= extreme == candidate;
            if (removed) score = Math.Max(score, ratio);
            left = fromLow ? left[1..] : left[..^1];
        }
    }

    /// <param name="Score">Over 1 for an outlier.</param>

    /// <param name="Centre">The median of what the test calls no outliers.</param>
    /// <param name="Mad">Their MAD in normal scale, without the floor.</param>
    /// <param name="Critical">The λ for as many.</param>
    public readonly record struct DeviateResult(double Score, double Centre, double Mad, double Critical);

    private static double Ratio(double distance, double limit) => distance > 0 ? distance / limit : 0;
}
