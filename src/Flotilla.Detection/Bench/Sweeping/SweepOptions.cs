using Flotilla.Core;

namespace Flotilla.Detection.Bench;

/// <summary>What a sweep makes as large as it can.</summary>
public enum SweepObjective
{
    /// <summary>The NAB score of the standard profile.</summary>
    NabStandard,

    /// <summary>Mean VUS-PR. It does not depend on threshold and silence; those are chosen by the NAB score then.</summary>
    VusPr,

    /// <summary>Mean average precision; threshold and silence as with <see cref="VusPr"/>.</summary>
    AucPr,

    /// <summary>2·found/(2·found + missed + false) of events.</summary>
    EventF1,
}

/// <summary>How a sweep goes about it.</summary>
/// <param name="Objective">What it makes as large as it can.</param>
/// <param name="TestShare">The share of series that are kept out of every choice, from 0 (none) to below 1.</param>
/// <param name="Parallelism">How many series are replayed at a time; 0 for one on each core.</param>
public sealed record SweepOptions(SweepObjective Objective = SweepObjective.NabStandard, double TestShare = 0.5, int Parallelism = 0)
{
    /// <summary>The silences after an alert that are tried, in judged points.</summary>
    public IReadOnlyList<int> Silences { get; init; } = [0, 12, 36, 72, 144, 288];

    internal void Check()
    {
        if (!(TestShare >= 0 && TestShare < 1))
            throw new ProblemException(new Problem($"A share of {TestShare} cannot be kept for the test.", Fix: "Give a share from 0 to below 1, such as 0.5."));
        if (Silences.Count == 0 || Silences.Any(silence => silence < 0))
            throw new ProblemException(new Problem("A sweep needs silences of 0 points or more.", Fix: "Leave Silences as they are, or give at least one."));
        if (Parallelism < 0)
            throw new ProblemException(new Problem($"A sweep cannot run on {Parallelism} cores.", Fix: "Give a number over 0, or 0 for all."));
    }
}
