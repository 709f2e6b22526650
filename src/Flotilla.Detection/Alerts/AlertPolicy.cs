using System.Collections.ObjectModel;
using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>When verdicts become signals. Detecting is easy; the policy keeps one bad hour from being a hundred alerts.</summary>
/// <param name="Points">How many of the last <paramref name="OutOf"/> judged points must be anomalous.</param>
/// <param name="OutOf">How many points are looked back on, the newest included; at most <see cref="MaxOutOf"/>.</param>
/// <param name="Silence">The least time between two <see cref="AnomalySignal"/>s, by the points' own times; null is one minute.</param>
/// <param name="RecoverAfter">How many normal points in a row end an alert.</param>
public sealed record AlertPolicy(int Points = 1, int OutOf = 1, TimeSpan? Silence = null, int RecoverAfter = 3)
{
    /// <summary>The most points that a policy looks back on.</summary>
    public const int MaxOutOf = 100_000;

    internal TimeSpan SilenceOrDefault => Silence ?? TimeSpan.FromMinutes(1);

    /// <summary>Everything wrong with <paramref name="policy"/>; empty when it can be used.</summary>
    /// <param name="policy">The policy to look at.</param>
    /// <param name="where">Where it was written, for the messages.</param>
    public static IReadOnlyList<Problem> Check(AlertPolicy policy, SourceLocation? where = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var problems = new List<Problem>();
        if (policy.Points < 1)
            problems.Add(new($"An alert after {policy.Points} anomalous points would always be on.", where, Fix: "Set Points to 1 or more."));
        if (policy.OutOf is < 1 or > MaxOutOf)
            problems.Add(new($"An alert cannot look back on {policy.OutOf} points.", where, Fix: $"Set OutOf between 1 and {MaxOutOf}."));
        else if (policy.Points > policy.OutOf)
        {
            problems.Add(new($"An alert that needs {policy.Points} anomalous points out of the last {policy.OutOf} can never be raised.", where,
                Fix: $"Set OutOf to {policy.Points} or more, or Points to {policy.OutOf} or less."));
        }
        if (policy.Silence < TimeSpan.Zero)
            problems.Add(new($"A silence of {policy.Silence} is negative.", where, Fix: "Set Silence to zero or more."));
        if (policy.RecoverAfter < 1)
        {
            problems.Add(new($"An alert cannot end after {policy.RecoverAfter} normal points.", where, Fix: "Set RecoverAfter to 1 or more."));
        }
        return problems.Count == 0 ? ReadOnlyCollection<Problem>.Empty : problems;
    }
}
