namespace Flotilla.Detection;

/// <summary>Several verdicts on one point as one.</summary>
internal static class Consensus
{
    /// <summary>
    /// The verdict of at least <paramref name="needed"/> of several: its score is the one that so many reach, which is over 1
    /// exactly when so many are.
    /// </summary>
    public static Verdict Of(Span<double> scores, int needed)
    {
        scores.Sort();
        return Verdict.FromScore(scores[^needed]);
    }
}
