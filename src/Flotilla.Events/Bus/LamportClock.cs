namespace Flotilla.Events;

/// <summary>
/// A logical clock after L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978.
/// The owner guards it against use from several threads.
/// </summary>
internal sealed class LamportClock
{
    /// <summary>The latest time that was given out or seen.</summary>
    public ulong Time { get; private set; }

    /// <summary>The time of a new event: greater than all given out and all seen.</summary>
    public ulong Tick() => checked(++Time);

    /// <summary>Takes note of a time seen on a received event.</summary>
    public void Witness(ulong seen) => Time = Math.Max(Time, seen);
}
