namespace Flotilla.Events;

/// <summary>
/// How fast messages go out. What the network carries is not known: the rate grows a little with each message that all its targets have
/// acknowledged in time, and falls by a part when one was lost, as TCP's window does (V. Jacobson and M. J. Karels, "Congestion Avoidance and
/// Control", 1988; RFC 5681). Beyond where
/// it began it grows only while it is what holds messages back (RFC 7661). The owner guards it.
/// </summary>
internal sealed class SendingRate(int max)
{
    /// <summary>Messages in a second at first.</summary>
    public const double Start = 10;

    private const double Least = 4;
    private const double Gain = 0.2;
    private const double Loss = 0.7;

    /// <summary>What took longer was lost by the gossip once, or waited in it: no reason to send more, and none to send less.</summary>
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(1);

    private double _tokens = 1;
    private TimeSpan _refilled;
    private TimeSpan _slowed = TimeSpan.MinValue;
    private bool _isLimiting;

    /// <summary>Messages in a second.</summary>
    public double PerSecond { get; private set; } = Math.Min(Start, max);

    /// <summary>True when a message may go now; otherwise how long until the next.</summary>
    public bool IsOpen(TimeSpan now, out TimeSpan? wait)
    {
        var burst = Math.Max(1, PerSecond / 10);
        _tokens = Math.Min(burst, _tokens + (now - _refilled).TotalSeconds * PerSecond);
        _refilled = now;
        // A tick more than computed: in virtual time a wait that is rounded to nothing would never end.
        wait = _tokens >= 1 ? null : TimeSpan.FromSeconds((1 - _tokens) / PerSecond) + TimeSpan.FromTicks(1);
        return _tokens >= 1;
    }

    /// <param name="cost">As how many messages it counts.</param>
    /// <param name="isLimiting">Whether there was more to send.</param>
    public void Sent(double cost, bool isLimiting)
    {
        _tokens -= cost;
        _isLimiting = isLimiting;
    }

    /// <param name="now">When the last word on a message came.</param>
    /// <param name="sentAt">When it was sent.</param>
    /// <param name="isComplete">Whether all its targets have acknowledged.</param>
    public void Settled(TimeSpan now, TimeSpan sentAt, bool isComplete)
    {
        if (isComplete)
        {
            if ((_isLimiting || PerSecond < Start) && now - sentAt <= InTime) PerSecond = Math.Min(max, PerSecond + Gain);
            return;
        }
        // Messages that were under way together are lost together, which says no more than one of them.
        if (sentAt < _slowed) return;
        PerSecond = Math.Min(max, Math.Max(Least, PerSecond * Loss));
        _slowed = now;
    }
}
