using System.Globalization;
using Flotilla.Core;

namespace Flotilla.Events.Serf;

/// <summary>
/// A call by a Serf agent of a program that is its <c>-event-handler</c>: what it says in the environment and on standard
/// input (https://www.serf.io/docs/agent/event-handlers.html).
/// </summary>
/// <param name="Event"><c>user</c>, <c>query</c>, <c>member-join</c>, <c>member-leave</c>, <c>member-failed</c>, <c>member-update</c> or <c>member-reap</c>.</param>
/// <param name="Node">The name of the agent's node.</param>
/// <param name="Tags">Its tags, their names in lower case with <c>_</c> for what is no letter or digit, as the environment has them in upper case.</param>
/// <param name="Name">The name of a user event or query; empty for changes of members.</param>
/// <param name="LamportTime">Serf's own time of it; 0 for changes of members.</param>
/// <param name="Input">Standard input as it was read.</param>
public sealed record SerfScriptCall(
    string Event, string Node, IReadOnlyDictionary<string, string> Tags, string Name, ulong LamportTime, byte[] Input)
{
    /// <summary>The variable that says that Serf calls, and on what.</summary>
    public const string EventVariable = "SERF_EVENT";

    private const string TagPrefix = "SERF_TAG_";

    /// <summary>True when an answer is wanted.</summary>
    public bool IsQuery => Event == "query";

    /// <summary>The node as a member.</summary>
    public Member Self => new(Node, Tags, MemberStatus.Alive, "");

    /// <summary>Reads a call.</summary>
    /// <param name="environment">The variables of the process.</param>
    /// <param name="input">Standard input, to its end.</param>
    /// <exception cref="ProblemException">It is no call of Serf, or of an event that is not known.</exception>
    public static SerfScriptCall Read(IReadOnlyDictionary<string, string> environment, byte[] input)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(input);
        string Variable(string name) => environment.GetValueOrDefault(name, "");
        var kind = Variable(EventVariable);
        if (kind is not ("user" or "query") && ChangeOf(kind) is null)
            throw new ProblemException(kind.Length == 0
                ? new Problem("This is no call of a Serf agent.", Why: $"The variable {EventVariable} is not set.",
                    Fix: "Let an agent call it: serf agent -event-handler='flotilla handle DIR'.")
                : new Problem($"Serf tells of an event of the kind \"{kind}\", which is not known.",
                    Fix: "Name the events after -event-handler: user,query,member-join=PROGRAM."));
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in environment)
            if (name.StartsWith(TagPrefix, StringComparison.Ordinal)) tags[name[TagPrefix.Length..].ToLowerInvariant()] = value;
        if (!tags.ContainsKey(Member.RoleTag) && Variable("SERF_SELF_ROLE") is { Length: > 0 } role) tags[Member.RoleTag] = role;
        tags.Remove(SerfEnvelope.AnnouncementTag);
        var prefix = kind == "query" ? "SERF_QUERY" : "SERF_USER";
        return new SerfScriptCall(kind, Variable("SERF_SELF_NAME"), tags,
            ChangeOf(kind) is null ? Variable(kind == "query" ? "SERF_QUERY_NAME" : "SERF_USER_EVENT") : "",
            ulong.TryParse(Variable(prefix + "_LTIME"), NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : 0, input);
    }

    /// <summary>
    /// What has happened: one event, or one for each member that changed; none for a part of something larger, which a program that
    /// runs once for each part cannot put together.
    /// </summary>
    /// <param name="time">For the times that Serf does not tell.</param>
    public IReadOnlyList<FleetEvent> Events(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (ChangeOf(Event) is { } change) return [.. Members(change, new HybridClock(time))];
        var (message, payload) = Payload();
        FleetEvent? read = IsQuery
            ? message is SerfQueryMessage { Payload: null } ? null : SerfEvents.Query(message, Name, payload, LamportTime, time.GetUtcNow())
            : SerfEvents.User(message, Name, payload, LamportTime, time.GetUtcNow());
        return read is null ? [] : [read];
    }

    /// <summary>
    /// Why a query has no event: its payload comes apart from it, in parts, which a program that runs once for each part cannot put together.
    /// Null for everything else. The asker is told so with <see cref="Failure"/>.
    /// </summary>
    public string? WhyIncomplete => IsQuery && Payload().Message is SerfQueryMessage { Payload: null }
        ? $"{Node} answers through a program that Serf starts, and what is larger than one query of Serf, about 800 bytes, does not reach it. "
            + "Send less, or run \"flotilla agent\" there."
        : null;

    /// <summary>What to print as the answer to a query.</summary>
    /// <exception cref="ProblemException">It is beyond what Serf takes from a program.</exception>
    public ReadOnlyMemory<byte> Answer(EventPayload answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var bytes = IsWrapped ? SerfEnvelope.Write(new SerfAnswerMessage(answer)) : answer.Bytes;
        var room = SerfRoom.Answer(new SerfBusOptions(), Node);
        return bytes.Length <= room ? bytes : throw new ProblemException(new Problem(
            $"The answer to the query \"{Name}\" is too large for Serf.", Why: $"It has {bytes.Length:N0} bytes; the limit is {room:N0}.",
            Fix: "Answer less, or run \"flotilla agent\" on the host, which sends large answers in parts."));
    }

    /// <summary>
    /// What to print when answering failed; null when the asker is not Flotilla, and would take it for an answer: then the program
    /// ends with a code other than 0, and Serf answers nothing.
    /// </summary>
    public ReadOnlyMemory<byte>? Failure(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!IsWrapped) return null;
        var room = SerfRoom.Answer(new SerfBusOptions(), Node) / 4;
        return SerfEnvelope.Write(new SerfFailureMessage(message.Length <= room ? message : message[..room]));
    }

    /// <summary>What to print when nothing answers; null when the asker is not Flotilla, and prints nothing.</summary>
    public ReadOnlyMemory<byte>? Decline() => IsWrapped ? SerfEnvelope.Write(new SerfDeclineMessage()) : (ReadOnlyMemory<byte>?)null;

    private bool IsWrapped => IsQuery && Payload().Message is SerfQueryMessage;

    /// <summary>Serf adds a line feed to a payload that does not end in one; which of the two it was cannot be told.</summary>
    private (SerfMessage? Message, ReadOnlyMemory<byte> Payload) Payload()
    {
        ReadOnlyMemory<byte> without = Input is [.., (byte)'\n'] ? Input.AsMemory(..^1) : Input;
        var message = SerfEnvelope.Read(without);
        return message is SerfUnknownMessage && SerfEnvelope.Read(Input) is { } whole ? (whole, Input) : (message, without);
    }

    private IEnumerable<MemberEvent> Members(MemberChange change, HybridClock clock)
    {
        foreach (var line in System.Text.Encoding.UTF8.GetString(Input).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split('\t');
            if (fields.Length != 4) continue;
            var tags = TagsOf(Plain(fields[3]));
            if (fields[2].Length > 0) tags[Member.RoleTag] = Plain(fields[2]);
            var (visible, announcedAt) = SerfMemberView.Split(tags);
            var status = change switch
            {
                MemberChange.Leave => MemberStatus.Left,
                MemberChange.Failed or MemberChange.Reap => MemberStatus.Failed,
                _ => MemberStatus.Alive,
            };
            yield return new MemberEvent(change, new Member(Plain(fields[0]), visible, status, fields[1]), Math.Max(announcedAt, clock.Tick().Time), clock.Tick().At);
        }
    }

    // k=v joined by commas; a piece without = goes on with the value before it, as in role=web,db.
    private static SortedDictionary<string, string> TagsOf(string text)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string? name = null;
        foreach (var piece in text.Split(','))
        {
            var equals = piece.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) tags[name = piece[..equals]] = piece[(equals + 1)..];
            else if (name is not null) tags[name] += "," + piece;
        }
        return tags;
    }

    private static string Plain(string field) => field.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);

    private static MemberChange? ChangeOf(string kind)
    {
        foreach (var change in Enum.GetValues<MemberChange>())
            if (MemberEvent.NameOf(change) == kind) return change;
        return null;
    }
}
