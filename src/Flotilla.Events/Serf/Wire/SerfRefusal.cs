using Flotilla.Core;

namespace Flotilla.Events.Serf;

/// <summary>What an agent's error means to the user.</summary>
internal static class SerfRefusal
{
    /// <summary>A <see cref="ProblemException"/> when the user can mend it, otherwise a <see cref="SerfException"/>.</summary>
    /// <param name="command">The command of the protocol.</param>
    /// <param name="agent">The address of the agent.</param>
    /// <param name="reason">What the agent said.</param>
    /// <param name="subject">What it was about: a name, a filter, a level.</param>
    /// <param name="size">How many bytes the user gave, where that matters.</param>
    public static Exception Of(string command, SerfAddress agent, string reason, string subject = "", int size = 0)
    {
        if (Limit(reason) is { } limit && TooLarge(command, subject, size, limit) is { } tooLarge) return tooLarge;
        return reason switch
        {
            "Invalid event filter" => new ProblemException(new Problem(
                $"\"{subject}\" is no filter of events.", Why: "Serf refused it.",
                Fix: "Write *, member-join, member-leave, member-failed, member-update, member-reap, user, user:NAME, query or query:NAME, "
                    + "several with commas and no spaces between.")),
            "Authentication required" => new ProblemException(new Problem(
                $"The Serf agent at {agent} requires an RPC token.", Fix: "Give the token that its rpc_auth says.")),
            "Queries cannot contain the '_serf_' prefix" => new ProblemException(new Problem(
                $"The name of the query \"{subject}\" begins with \"_serf_\".", Why: "Such names belong to Serf.", Fix: "Choose another name.")),
            _ when reason.StartsWith("Unknown log level", StringComparison.Ordinal) => new ProblemException(new Problem(
                $"\"{subject}\" is no log level.", Why: "Serf refused it.", Fix: "Write trace, debug, info, warn or err.")),
            _ => new SerfException(command, agent, reason),
        };
    }

    private static ProblemException? TooLarge(string command, string subject, int size, int limit) => command switch
    {
        "event" => TooLarge($"The event \"{subject}\"", size, limit, "user_event_size_limit"),
        "query" => TooLarge($"The query \"{subject}\"", size, limit, "query_size_limit"),
        "respond" => TooLarge("The answer", size, limit, "query_response_size_limit"),
        "tags" => new ProblemException(new Problem(
            "The tags are too large.", Why: $"They have {size:N0} bytes before Serf encodes them; the limit is {limit:N0} afterwards.",
            Fix: "Keep in tags only what selects hosts.")),
        _ => null,
    };

    private static ProblemException TooLarge(string what, int size, int limit, string key) => new(new Problem(
        $"{what} is too large for Serf.", Why: $"It has {size:N0} bytes before Serf encodes it; the agent's limit is {limit:N0} afterwards.",
        Fix: $"Send less, or raise {key} in the configuration of every agent."));

    /// <summary>The number in <c>… exceeds configured limit of 512 bytes …</c>; null when there is none.</summary>
    private static int? Limit(string reason)
    {
        const string Before = "limit of ";
        var begin = reason.IndexOf(Before, StringComparison.Ordinal);
        if (begin < 0 || !reason.Contains("exceeds", StringComparison.Ordinal)) return null;
        var digits = reason.AsSpan(begin + Before.Length);
        var end = digits.IndexOf(" bytes", StringComparison.Ordinal);
        return end > 0 && int.TryParse(digits[..end], out var limit) ? limit : null;
    }
}
