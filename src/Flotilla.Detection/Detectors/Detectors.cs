namespace Flotilla.Detection;

/// <summary>The detectors that come with Flotilla. Wrong settings are an <see cref="ArgumentException"/> at once, not at the first point.</summary>
public static partial class Detectors
{
    /// <summary>
    /// Anomalous when the newest value lies more than <paramref name="sigmas"/> standard deviations from the exponentially
    /// weighted moving average, the newest value included in both: |x − μ| &gt; sigmas·σ. The weights are wᵢ = kⁿ⁻ⁱ with
    /// k = c/(1+c), μ = Σw·x/Σw, and σ² is the weighted variance, freed of bias by (Σw)²/((Σw)² − Σw²). This is
    /// <c>stddev_from_moving_average</c> of Skyline and Crucible (Etsy, 2013) with pandas' <c>ewm(adjust=True)</c>, in one
    /// pass after Welford: constant time and memory.
    /// </summary>
    /// <param name="sigmas">The limit in standard deviations; over 0.</param>
    /// <param name="centerOfMass">The c above, in points: the weights' mean age; over 0.</param>
    /// <param name="warmUp">The first point that is judged, counted from 1.</param>
    /// <remarks>
    /// An infinite value, or one too large to be squared (over 10¹⁵⁰), is anomalous once warm, and is not learnt from.
    /// </remarks>
    public static DetectorDefinition StdDevFromMovingAverage(double sigmas = 3, double centerOfMass = 50, int warmUp = 10)
    {
        RequirePositive(sigmas, nameof(sigmas));
        RequirePositive(centerOfMass, nameof(centerOfMass));
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 1);
        return new("stddev_from_moving_average", () => new MovingAverageDetector(sigmas, centerOfMass, warmUp));
    }

    /// <summary>
    /// Anomalous when the newest value lies more than <paramref name="limit"/> median absolute deviations from the median of
    /// the last <paramref name="window"/> values, the newest included: |x − med| / MAD &gt; limit with MAD the median of
    /// |xᵢ − med|, unscaled; with an even number of values a median is the mean of the middle two. A MAD of 0 gives no
    /// anomaly. This is <c>median_absolute_deviation</c> of Skyline and Crucible (Etsy, 2013), exactly while the series fits
    /// in the window. A point costs O(√window); the state is about 20 to 30 bytes for each value in the window.
    /// </summary>
    /// <param name="limit">The limit in MADs; over 0. For a normal distribution one MAD is 0.6745 standard deviations.</param>
    /// <param name="window">How many values are kept, from <paramref name="warmUp"/> to 10,000,000; the default is 24 hours at 10 seconds.</param>
    /// <param name="warmUp">The first point that is judged, counted from 1.</param>
    /// <remarks>An infinite value is anomalous once warm, and is not learnt from.</remarks>
    public static DetectorDefinition MedianAbsoluteDeviation(double limit = 6, int window = 8640, int warmUp = 10)
    {
        RequirePositive(limit, nameof(limit));
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, warmUp);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, MedianAbsoluteDeviationDetector.MaxWindow);
        return new("median_absolute_deviation", () => new MedianAbsoluteDeviationDetector(limit, window, warmUp));
    }

    /// <summary>
    /// Anomalous when the value is over <paramref name="above"/> or under <paramref name="below"/>; needs no warm-up. The score
    /// is value/above for a positive limit; with both limits it is the distance from the middle of the band as a
    /// multiple of half its width; otherwise 1 plus the signed distance past the limit as a multiple of the limit's size (of 1 when the
    /// limit is 0).
    /// </summary>
    /// <param name="above">Values over it are anomalous; null for no upper limit.</param>
    /// <param name="below">Values under it are anomalous; null for no lower limit. Not over <paramref name="above"/>.</param>
    public static DetectorDefinition Threshold(double? above = null, double? below = null)
    {
        if (above is null && below is null)
            throw new ArgumentException("A threshold without a limit is never crossed. Give above, below or both.", nameof(above));
        if (above is { } high && !double.IsFinite(high))
            throw new ArgumentOutOfRangeException(nameof(above), above, "The upper limit must be a finite number.");
        if (below is { } low && !double.IsFinite(low))
            throw new ArgumentOutOfRangeException(nameof(below), below, "The lower limit must be a finite number.");
        if (above < below)
        {
            throw new ArgumentException(
                $"Every value is over {above} or under {below}. Swap them: above takes the upper limit, below the lower one.", nameof(above));
        }
        return new("threshold", () => new ThresholdDetector(above, below));
    }

    private static void RequirePositive(double value, string name)
    {
        if (!double.IsFinite(value) || value <= 0) throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number over 0.");
    }
}
