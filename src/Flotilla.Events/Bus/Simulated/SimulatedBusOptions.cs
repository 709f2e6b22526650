using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>How membership and messages behave in a simulated fleet.</summary>
/// <param name="Loss">
/// The part of events, queries and answers between hosts that is lost, 0 to 1. Membership is repaired and never
/// lost.
/// </param>
/// <param name="DetectionMin">
/// The shortest time until a dead or unreachable host counts as failed; 2 seconds unless given.
/// </param>
/// <param name="DetectionMax">
/// The longest such time; 5 seconds unless given. The actual one is spread evenly between the two.
/// </param>
/// <param name="ReapAfter">How long a failed or departed member stays in the list; 24 hours unless given.</param>
/// <param name="LeavePropagation">How long leaving takes; a second unless given, as with Serf.</param>
public sealed record SimulatedBusOptions(
    double Loss = 0,
    TimeSpan? DetectionMin = null,
    TimeSpan? DetectionMax = null,
    TimeSpan? ReapAfter = null,
    TimeSpan? LeavePropagation = null)
{
    internal TimeSpan DetectionMinOrDefault => DetectionMin ?? TimeSpan.FromSeconds(2);

    internal TimeSpan DetectionMaxOrDefault => DetectionMax ?? TimeSpan.FromSeconds(5);

    internal TimeSpan ReapAfterOrDefault => ReapAfter ?? TimeSpan.FromHours(24);

    internal TimeSpan LeavePropagationOrDefault => LeavePropagation ?? TimeSpan.FromSeconds(1);

    internal void Check()
    {
        if (Loss is not (>= 0 and <= 1)) throw Refuse($"A loss of {Loss} is not a part.", "Give one between 0 and 1.");
        if (DetectionMinOrDefault < TimeSpan.Zero || DetectionMaxOrDefault < DetectionMinOrDefault)
            throw Refuse(
                $"Failures cannot be noticed between {DetectionMinOrDefault.TotalSeconds} s and {DetectionMaxOrDefault.TotalSeconds} s.",
                "Give a longest time that is not below the shortest.");
    }

    private static ProblemException Refuse(string what, string fix) => new(new Problem(what, Fix: fix));
}
