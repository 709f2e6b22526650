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
    /// <summary>
    /// Serf 0.9 as it is, with the profile <c>lan</c>. What is behind the numbers: three to five agents on one loaded machine.
    /// </summary>
    /// <remarks>
    /// A message waits for the next round of gossip (every 200 ms): half of them arrive within 170 ms, 99 of 100 within 266 ms.
    /// One in five hundred misses its rounds and comes with the next exchange of state, up to 14.6 s late.
    /// A dead host is noticed after 4.1 to 5.3 s; hosts that hold each other for failed try to connect every 30 s (<c>reconnect_interval</c>).
    /// Handlers hear of a change of membership when nothing more has changed for a
    /// second, after three at the latest (<c>serf/coalesce.go</c>). Up to 200 events a second arrive; of 400 a second 89.6 %, of 800
    /// 43.6 %, of 1,600 28.9 %, of a burst of thousands 22 %. Answers to queries are single datagrams that nobody repeats: one in a
    /// hundred is lost. That part, and the one in a hundred events that come twice, are assumed, not measured.
    /// </remarks>
    public static SimulatedBusOptions Serf { get; } = new(DetectionMin: TimeSpan.FromSeconds(4.1), DetectionMax: TimeSpan.FromSeconds(5.3))
    {
        // Evenly between these two, the median is 169 ms and the 99th percentile 266 ms.
        GossipMin = TimeSpan.FromMilliseconds(70),
        GossipMax = TimeSpan.FromMilliseconds(268),
        Stragglers = 0.002,
        StragglerMax = TimeSpan.FromSeconds(14.6),
        Duplicates = 0.01,
        AnswerLoss = 0.01,
        CoalesceQuiet = TimeSpan.FromSeconds(1),
        CoalesceMax = TimeSpan.FromSeconds(3),
        RejoinMax = TimeSpan.FromSeconds(30),
        Capacity = [new(200, 1), new(400, 0.896), new(800, 0.436), new(1600, 0.289), new(6400, 0.22)],
    };

    /// <summary>The least that gossip adds to the network's delay of an event, a query, or news of a member; nothing unless set.</summary>
    public TimeSpan GossipMin { get; init; }

    /// <summary>The most that it adds; the actual delay is spread evenly between the two.</summary>
    public TimeSpan GossipMax { get; init; }

    /// <summary>The part of such messages that comes far later, 0 to 1.</summary>
    public double Stragglers { get; init; }

    /// <summary>How late those come at the most; spread evenly from <see cref="GossipMax"/> on.</summary>
    public TimeSpan StragglerMax { get; init; }

    /// <summary>
    /// The part of user events that a member gets a second time, 0 to 1, as after a replay. A <see cref="HandlerDispatcher"/>
    /// handles them once.
    /// </summary>
    public double Duplicates { get; init; }

    /// <summary>The part of the answers to queries that is lost on top of <see cref="Loss"/>, 0 to 1.</summary>
    public double AnswerLoss { get; init; }

    /// <summary>
    /// A change of membership is announced when no other came for this long. Zero: at once. Only the latest change of a member is
    /// announced, and not at all when it is the one announced before.
    /// </summary>
    public TimeSpan CoalesceQuiet { get; init; }

    /// <summary>It is announced after this long at the latest.</summary>
    public TimeSpan CoalesceMax { get; init; }

    /// <summary>
    /// How long it takes at the most until hosts that hold each other for failed find out that they reach each other again; the actual
    /// time is spread evenly. Zero: at once.
    /// </summary>
    public TimeSpan RejoinMax { get; init; }

    /// <summary>
    /// What part of the user events arrives at which rate, over all senders, rates rising. Between two rates the part lies on the line
    /// between them over the logarithm of the rate; below the first everything arrives, above the last the last part. Null: no limit.
    /// </summary>
    public IReadOnlyList<DeliveredPart>? Capacity { get; init; }

    internal TimeSpan DetectionMinOrDefault => DetectionMin ?? TimeSpan.FromSeconds(2);

    internal TimeSpan DetectionMaxOrDefault => DetectionMax ?? TimeSpan.FromSeconds(5);

    internal TimeSpan ReapAfterOrDefault => ReapAfter ?? TimeSpan.FromHours(24);

    internal TimeSpan LeavePropagationOrDefault => LeavePropagation ?? TimeSpan.FromSeconds(1);

    /// <summary>The part of the events that arrives when so many are sent in a second.</summary>
    internal double Delivered(double perSecond)
    {
        if (Capacity is not { Count: > 0 } parts || perSecond <= parts[0].PerSecond) return 1;
        for (var i = 1; i < parts.Count; i++)
        {
            var (low, high) = (parts[i - 1], parts[i]);
            if (perSecond > high.PerSecond) continue;
            var along = Math.Log(perSecond / low.PerSecond) / Math.Log(high.PerSecond / low.PerSecond);
            return low.Part + (high.Part - low.Part) * along;
        }
        return parts[^1].Part;
    }

    internal void Check()
    {
        CheckPart(Loss, "A loss");
        CheckPart(Stragglers, "A part of stragglers");
        CheckPart(Duplicates, "A part of duplicates");
        CheckPart(AnswerLoss, "A loss of answers");
        if (DetectionMinOrDefault < TimeSpan.Zero || DetectionMaxOrDefault < DetectionMinOrDefault)
            throw Refuse(
                $"Failures cannot be noticed between {DetectionMinOrDefault.TotalSeconds} s and {DetectionMaxOrDefault.TotalSeconds} s.",
                "Give a longest time that is not below the shortest.");
        if (GossipMin < TimeSpan.Zero || GossipMax < GossipMin || (Stragglers > 0 && StragglerMax < GossipMax))
            throw Refuse(
                $"Gossip cannot take {GossipMin.TotalSeconds} s to {GossipMax.TotalSeconds} s, stragglers up to {StragglerMax.TotalSeconds} s.",
                "Give times that do not fall.");
        if (CoalesceQuiet < TimeSpan.Zero || CoalesceMax < CoalesceQuiet)
            throw Refuse(
                $"Changes cannot be announced after {CoalesceQuiet.TotalSeconds} s of quiet and {CoalesceMax.TotalSeconds} s at the latest.",
                "Give a latest time that is not below the quiet.");
        if (RejoinMax < TimeSpan.Zero) throw Refuse($"Hosts cannot find each other again within {RejoinMax.TotalSeconds} s.", "Give a time of zero or above.");
        for (var i = 0; i < (Capacity?.Count ?? 0); i++)
        {
            CheckPart(Capacity![i].Part, "A delivered part");
            if (Capacity[i].PerSecond <= (i == 0 ? 0 : Capacity[i - 1].PerSecond))
                throw Refuse($"A rate of {Capacity[i].PerSecond} events a second is out of order.", "Give rates above zero that rise.");
        }
    }

    private static void CheckPart(double part, string what)
    {
        if (part is not (>= 0 and <= 1)) throw Refuse($"{what} of {part} is not a part.", "Give one between 0 and 1.");
    }

    private static ProblemException Refuse(string what, string fix) => new(new Problem(what, Fix: fix));
}

/// <summary>How much of what is sent at a rate arrives.</summary>
/// <param name="PerSecond">User events a second, over all senders.</param>
/// <param name="Part">The part of them that reaches another host, 0 to 1.</param>
public readonly record struct DeliveredPart(double PerSecond, double Part);
