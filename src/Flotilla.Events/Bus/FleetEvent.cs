namespace Flotilla.Events;

/// <summary>Something that happened in the fleet.</summary>
/// <param name="LamportTime">
/// Orders events by cause (L. Lamport, 1978): whatever was caused by an event has a greater time.
/// </param>
/// <param name="At">When it was sent, by the sender's clock; for a failure, when it was noticed.</param>
public abstract record FleetEvent(ulong LamportTime, DateTimeOffset At)
{
    /// <summary>The same for all who receive this event, and for no other event: <c>user:slow:17:web-1</c>.</summary>
    public abstract string Id { get; }

    /// <summary>For people: <c>user "slow"</c>, <c>query "load"</c>, <c>member-join web-1</c>.</summary>
    public sealed override string ToString() => Describe();

    private protected abstract string Describe();
}

/// <summary>What happened to a member.</summary>
public enum MemberChange
{
    /// <summary>It appeared, or came back after it had left or failed.</summary>
    Join,

    /// <summary>It left on its own accord.</summary>
    Leave,

    /// <summary>It stopped answering.</summary>
    Failed,

    /// <summary>Its tags or its address changed.</summary>
    Update,

    /// <summary>It had been gone for so long that it was removed from the list of members.</summary>
    Reap,
}

/// <summary>A change of membership.</summary>
/// <param name="Change">What happened.</param>
/// <param name="Member">
/// The host as it is after the change; after <see cref="MemberChange.Reap"/> with its last status.
/// </param>
/// <param name="LamportTime">
/// Rises with each announcement of this member; all who notice one failure give it the same time.
/// </param>
/// <param name="At">See <see cref="FleetEvent.At"/>.</param>
public sealed record MemberEvent(MemberChange Change, Member Member, ulong LamportTime, DateTimeOffset At)
    : FleetEvent(LamportTime, At)
{
    /// <inheritdoc/>
    public override string Id => $"{NameOf(Change)}:{Member.Name}:{LamportTime}";

    internal static string NameOf(MemberChange change) => change switch
    {
        MemberChange.Join => "member-join",
        MemberChange.Leave => "member-leave",
        MemberChange.Failed => "member-failed",
        MemberChange.Update => "member-update",
        MemberChange.Reap => "member-reap",
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "Not a member change."),
    };

    private protected override string Describe() => $"{NameOf(Change)} {Member.Name}";
}

/// <summary>An event that somebody sent to all members.</summary>
/// <param name="Name">Any text without control characters; it never selects anything but handlers for user events.</param>
/// <param name="Payload">What the sender adds.</param>
/// <param name="Origin">The name of the member that sent it.</param>
/// <param name="LamportTime">See <see cref="FleetEvent.LamportTime"/>; rises with each event of one sender.</param>
/// <param name="At">See <see cref="FleetEvent.At"/>.</param>
public sealed record UserEvent(string Name, EventPayload Payload, string Origin, ulong LamportTime, DateTimeOffset At)
    : FleetEvent(LamportTime, At)
{
    /// <summary>
    /// The id that the sender gave it when it came by <see cref="ReliableEvents"/>; null for all others.
    /// </summary>
    public string? ReliableId { get; init; }

    /// <inheritdoc/>
    public override string Id => ReliableId ?? $"user:{Name}:{LamportTime}:{Origin}";

    private protected override string Describe() => $"user \"{Name}\"";
}

/// <summary>An event that wants an answer from each host that gets it.</summary>
/// <param name="Name">Any text without control characters.</param>
/// <param name="Payload">What the asker adds.</param>
/// <param name="Origin">The name of the member that asks.</param>
/// <param name="Deadline">After which no answer counts.</param>
/// <param name="LamportTime">See <see cref="FleetEvent.LamportTime"/>.</param>
/// <param name="At">See <see cref="FleetEvent.At"/>.</param>
public sealed record QueryEvent(
    string Name, EventPayload Payload, string Origin, DateTimeOffset Deadline, ulong LamportTime, DateTimeOffset At)
    : FleetEvent(LamportTime, At)
{
    /// <inheritdoc/>
    public override string Id => $"query:{Name}:{LamportTime}:{Origin}";

    private protected override string Describe() => $"query \"{Name}\"";
}
