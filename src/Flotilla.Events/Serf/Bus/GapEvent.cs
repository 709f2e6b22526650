namespace Flotilla.Events.Serf;

/// <summary>Events may be missing here: whoever keeps a state from events should read it anew.</summary>
/// <param name="Cause">Why they are missing.</param>
/// <param name="Lost">How many; null when nobody knows.</param>
/// <param name="From">When it began, by this member's clock.</param>
/// <param name="Member">The member that did not get them: this one.</param>
/// <param name="LamportTime">See <see cref="FleetEvent.LamportTime"/>.</param>
/// <param name="At">When it ended, by this member's clock.</param>
public sealed record GapEvent(GapCause Cause, long? Lost, DateTimeOffset From, string Member, ulong LamportTime, DateTimeOffset At)
    : FleetEvent(LamportTime, At)
{
    /// <inheritdoc/>
    public override string Id => $"gap:{Member}:{LamportTime}";

    private protected override string Describe() => Cause switch
    {
        GapCause.Disconnected => $"gap of {(At - From).TotalSeconds:0.#} s without a connection",
        GapCause.PartsMissing => $"gap of {Lost} events whose parts did not all arrive",
        GapCause.TooSlow => $"gap of {Lost} events that were not taken in time",
        _ => $"gap of {Lost} events that did not arrive",
    };
}

/// <summary>Why events are missing.</summary>
public enum GapCause
{
    /// <summary>There was no connection to the Serf agent.</summary>
    Disconnected,

    /// <summary>The Lamport times of Serf's events have a hole; see <see cref="SerfGapCause.NotReceived"/>.</summary>
    NotReceived,

    /// <summary>Some parts of large events did not arrive in time.</summary>
    PartsMissing,

    /// <summary>The subscribers took too long.</summary>
    TooSlow,
}
