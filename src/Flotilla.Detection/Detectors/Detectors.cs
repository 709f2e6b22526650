namespace Flotilla.Detection;

/// <summary>The detectors that come with Flotilla. Wrong settings are an <see cref="ArgumentException"/> at once, not at the first point.</summary>
public static partial class Detectors
{
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
