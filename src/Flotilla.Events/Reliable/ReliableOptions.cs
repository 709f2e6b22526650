using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>How reliable events travel. What holds when nothing is said respects what Serf carries.</summary>
public sealed record ReliableOptions
{
    /// <summary>After which an event is given up when nothing is said; an hour unless given.</summary>
    public TimeSpan Expires { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// At most how many messages go out in a second; 50 unless given. It begins with ten, sends more while all arrive in time and fewer when
    /// some are lost: Serf's gossip carries about 15 full messages a second with the profile <c>lan</c>, and twice as many with <c>local</c>.
    /// </summary>
    public int MessagesPerSecond { get; init; } = 50;

    /// <summary>
    /// How large a message with several events becomes, with the names of those it is for; 470 bytes unless given, so that Serf packs two of
    /// them into one of its packets. An event larger than that goes alone, in as many pieces as Serf needs, and counts as that many messages.
    /// </summary>
    public int MessageBytesMax { get; init; } = 470;

    /// <summary>How long the acknowledgement of a message is waited for before its events are sent again; 3 seconds unless given.</summary>
    public TimeSpan AcknowledgeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long to wait before sending to a member again that did not acknowledge; a second, doubling up to ten, unless given.</summary>
    public Backoff Resend { get; init; } = new(TimeSpan.FromSeconds(1), Max: TimeSpan.FromSeconds(10));

    /// <summary>How many events may wait to be acknowledged by their targets; 100,000 unless given. More are refused.</summary>
    public int OutgoingMax { get; init; } = 100_000;

    /// <summary>
    /// How many received events may wait for this host's handlers; 10,000 unless given. More are not acknowledged, and come again.
    /// </summary>
    public int WaitingMax { get; init; } = 10_000;

    /// <summary>Told of each event that has reached its targets or expired, those from before a restart included.</summary>
    public Action<ReliableDelivery>? Completed { get; init; }

    /// <summary>Told in a line what a person should know: a disk that refuses, a message that cannot be read.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>Calls <see cref="Report"/>; what it throws ends nothing here.</summary>
    internal void Tell(string message)
    {
        try
        {
            Report?.Invoke(message);
        }
        catch (Exception)
        {
            // There is nobody else to tell.
        }
    }

    internal IEnumerable<Problem> Mistakes()
    {
        if (Expires <= TimeSpan.Zero) yield return Mistake($"an expiry of {Expires.TotalSeconds:0.###} s; more than zero is needed");
        if (MessagesPerSecond < 1) yield return Mistake($"{MessagesPerSecond} messages a second; at least 1 is needed");
        if (MessageBytesMax < 64) yield return Mistake($"messages of {MessageBytesMax} bytes; at least 64 are needed");
        if (AcknowledgeTimeout <= TimeSpan.Zero) yield return Mistake("no time to acknowledge; more than zero is needed");
        if (OutgoingMax < 1 || WaitingMax < 1) yield return Mistake("no room for events; at least one must be allowed to wait");
    }

    private static Problem Mistake(string what) => new($"Reliable events have {what}.", Fix: "Correct their options.");
}
