namespace Flotilla.Detection.Scoring;

/// <summary>What NAB pays for an alert that is right, one that is wrong, and one that is missing (NAB, <c>config/profiles.json</c>).</summary>
/// <param name="Name">As in NAB's files of results.</param>
/// <param name="TruePositive">A_TP: a window found at its left edge.</param>
/// <param name="FalseNegative">A_FN: the price of a missed window.</param>
/// <param name="FalsePositive">A_FP: the price of a firing row far from every window.</param>
public sealed record NabProfile(string Name, double TruePositive, double FalseNegative, double FalsePositive)
{
    /// <summary>Everything weighs alike.</summary>
    public static NabProfile Standard { get; } = new("standard", 1, 1, 0.11);

    /// <summary>A false alert costs twice as much.</summary>
    public static NabProfile LowFp { get; } = new("reward_low_FP_rate", 1, 1, 0.22);

    /// <summary>A missed window costs twice as much.</summary>
    public static NabProfile LowFn { get; } = new("reward_low_FN_rate", 1, 2, 0.11);

    /// <summary>The three, in the order of <see cref="NabScores.Raw"/>.</summary>
    public static IReadOnlyList<NabProfile> All { get; } = [Standard, LowFp, LowFn];

    /// <summary>100·(raw − null)/(perfect − null); null without a window.</summary>
    internal double? Normalize(double raw, int windows) =>
        windows == 0 ? null : 100 * (raw + FalseNegative * windows) / ((TruePositive + FalseNegative) * windows);

    internal double Raw(double found, int missed, double outside) =>
        TruePositive * found - FalseNegative * missed + FalsePositive * outside;
}
