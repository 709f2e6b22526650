namespace Flotilla.Events;

/// <summary>A question to members.</summary>
/// <param name="Name">The same rules as for the name of an event.</param>
/// <param name="Payload">What is added to the question; at most <see cref="EventLimits.PayloadBytesMax"/>.</param>
/// <param name="Timeout">How long to wait for answers; <see cref="DefaultTimeout"/> unless given.</param>
/// <param name="Role">Only members with this role; null for all.</param>
/// <param name="Hosts">Only members of these names; null for all.</param>
public sealed record Query(
    string Name, EventPayload Payload, TimeSpan? Timeout = null, string? Role = null, IReadOnlyList<string>? Hosts = null)
{
    /// <summary>The timeout that holds when none is given: 5 seconds.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(5);

    internal bool Addresses(Member member) =>
        member.Status == MemberStatus.Alive
        && (Role is null || member.HasRole(Role))
        && (Hosts is null || Hosts.Contains(member.Name, StringComparer.Ordinal));
}

/// <summary>What came of a query; each list is sorted by member.</summary>
/// <param name="Answers">Who answered, and what.</param>
/// <param name="Failures">Who tried and failed, and why.</param>
/// <param name="Silent">Who was addressed and said nothing: no handler for it, too late, or dead meanwhile.</param>
/// <param name="Took">From the question to the last answer, or to the timeout.</param>
public sealed record QueryResult(
    IReadOnlyList<QueryAnswer> Answers, IReadOnlyList<QueryFailure> Failures, IReadOnlyList<string> Silent, TimeSpan Took);

/// <summary>One member's answer.</summary>
public sealed record QueryAnswer(string Member, EventPayload Payload);

/// <summary>One member's failure to answer: its handler threw, timed out, or had no room.</summary>
public sealed record QueryFailure(string Member, string Message);
