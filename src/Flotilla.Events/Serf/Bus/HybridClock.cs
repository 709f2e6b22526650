namespace Flotilla.Events.Serf;

/// <summary>
/// A Lamport clock that begins at the time of day, in microseconds since 1970, and never falls behind it: two programs that run one
/// after the other under one name never give out one time twice. For use from many threads.
/// </summary>
/// <remarks>
/// After S. Kulkarni et al., "Logical Physical Clocks and Consistent Snapshots in Globally Distributed Databases", 2014. Times more
/// than a year ahead are no one's honest clock and are not followed.
/// </remarks>
internal sealed class HybridClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private ulong _last;

    /// <summary>The time of a new event, greater than all given out and all seen, and the time of day.</summary>
    public (ulong Time, DateTimeOffset At) Tick()
    {
        var now = Microseconds(time.GetUtcNow());
        lock (_gate)
        {
            _last = Math.Max(_last + 1, now);
            return (_last, AtMicroseconds(now));
        }
    }

    /// <summary>Takes note of a time seen on a received event.</summary>
    public void Witness(ulong seen)
    {
        if (seen > Microseconds(time.GetUtcNow() + TimeSpan.FromDays(365))) return;
        lock (_gate) _last = Math.Max(_last, seen);
    }

    public static ulong Microseconds(DateTimeOffset at) => (ulong)Math.Max(0, (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset AtMicroseconds(ulong microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)Math.Min(microseconds, Microseconds(DateTimeOffset.MaxValue)) * TimeSpan.TicksPerMicrosecond);
}
