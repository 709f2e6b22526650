namespace Flotilla.Detection;

/// <summary>What a detector says about the newest point.</summary>
/// <param name="IsAnomaly">Whether the point is anomalous.</param>
/// <param name="Score">
/// The deviation as a multiple of the detector's own limit: finite, never negative, over 1 when <paramref name="IsAnomaly"/>.
/// A point half way to the limit has 0.5; one over 1 that is not anomalous was held back by a policy such as a silence. It is 0 while the detector cannot judge (warm-up,
/// a missing value, a series without spread), so that scores of different detectors can be compared and ranked.
/// </param>
public readonly record struct Verdict(bool IsAnomaly, double Score)
{
    /// <summary>
    /// The verdict that belongs to <paramref name="score"/>: anomalous when over 1; NaN and negative become 0, infinity the
    /// largest finite number.
    /// </summary>
    public static Verdict FromScore(double score) =>
        score > 0 ? new Verdict(score > 1, Math.Min(score, double.MaxValue)) : default;
}
