using System.Text;
using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>The limits that hold on every bus, so that what works on one machine works between hosts.</summary>
public static class EventLimits
{
    /// <summary>The largest payload of an event, a query or an answer: 64 KiB.</summary>
    public const int PayloadBytesMax = 64 * 1024;

    /// <summary>The longest name of an event or query, in UTF-8.</summary>
    public const int NameBytesMax = 256;

    /// <summary>The most that all tags of a member may take when encoded: the room that Serf has for them.</summary>
    public const int TagsBytesMax = 512;

    /// <summary>The longest name of a member.</summary>
    public const int MemberNameCharactersMax = 128;

    /// <summary>How the names of events and queries begin that are Flotilla's own; patterns leave them aside.</summary>
    public const string OwnPrefix = "flotilla-";

    /// <summary>True for an event or query that hosts exchange without the fleet's doing: it is nothing that people or handlers look for.</summary>
    public static bool IsOwn(FleetEvent @event) =>
        (@event switch { UserEvent user => user.Name, QueryEvent query => query.Name, _ => "" }).StartsWith(OwnPrefix, StringComparison.Ordinal);

    internal const int FailureCharactersMax = 4096;

    internal const string ReservedPrefix = "_serf_";

    /// <summary>Refuses an event that no bus carries; a bus does so itself, after it has been connected to.</summary>
    /// <exception cref="ProblemException">Its name or its payload is not allowed: the limit, the size, what to do.</exception>
    public static void CheckEvent(string name, EventPayload payload) => CheckEvent("event", name, payload);

    internal static void CheckEvent(string kind, string name, EventPayload payload)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(payload);
        CheckName(kind, name);
        CheckPayload($"the {kind} \"{name}\"", payload);
    }

    /// <summary>As <see cref="CheckEvent(string, EventPayload)"/>, for a query.</summary>
    /// <exception cref="ProblemException">Its name, its payload or its timeout is not allowed.</exception>
    public static void CheckQuery(Query query)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckEvent("query", query.Name, query.Payload);
        if (query.Timeout is { } timeout && timeout <= TimeSpan.Zero)
            throw Refuse($"The query \"{query.Name}\" has a timeout of {timeout.TotalSeconds:0.###} s.", null, "Give it one above zero.");
    }

    internal static void CheckPayload(string whose, EventPayload payload)
    {
        if (payload.Length > PayloadBytesMax)
            throw Refuse(
                $"The payload of {whose} is too large.",
                $"It has {payload.Length:N0} bytes; the limit is {PayloadBytesMax:N0}.",
                "Send where the content is to be found instead of the content.");
    }

    internal static void CheckMemberName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MemberNameCharactersMax)
            throw Refuse(
                $"A member's name has 1 to {MemberNameCharactersMax} characters; this one has {name.Length}.", null, "Choose another name.");
        foreach (var character in name)
            if (char.IsControl(character) || char.IsWhiteSpace(character) || character is ':' or '/')
                throw Refuse(
                    $"The member's name \"{Visible(name)}\" contains {Visible(character)}.", null,
                    "Use letters, digits, \"-\", \".\" and \"_\".");
    }

    internal static void CheckTags(string member, IReadOnlyDictionary<string, string> tags)
    {
        var size = TagsBytes(tags);
        if (size > TagsBytesMax)
            throw Refuse(
                $"The tags of {member} are too large.",
                $"Encoded they take {size:N0} bytes; the limit is {TagsBytesMax:N0}.",
                "Keep in tags only what selects hosts.");
    }

    /// <summary>How many bytes tags take when they are encoded as Serf does it, in MessagePack; <see cref="TagsBytesMax"/> is the limit.</summary>
    public static int TagsBytes(IReadOnlyDictionary<string, string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        // One byte for the kind of message and one to three for the map.
        var size = 1 + (tags.Count <= 15 ? 1 : 3);
        foreach (var (name, value) in tags) size += EncodedSize(name) + EncodedSize(value);
        return size;
    }

    internal static ProblemException NoMember(string name, IEnumerable<string> members) =>
        new(new Problem($"There is no member \"{name}\".", Why: Suggestion.Sentence(name, [.. members.Order(StringComparer.Ordinal)])));

    private static int EncodedSize(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        return length + (length <= 31 ? 1 : length <= 255 ? 2 : 3);
    }

    private static void CheckName(string kind, string name)
    {
        if (name.Length == 0) throw Refuse($"The {kind} has no name.", null, "Give it one.");
        foreach (var character in name)
            if (char.IsControl(character))
                throw Refuse(
                    $"The name of the {kind} \"{Visible(name)}\" contains a control character.", null, "Leave it out.");
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            throw Refuse(
                $"The name of the {kind} \"{name}\" begins with \"{ReservedPrefix}\".", "Such names belong to Serf.", "Choose another name.");
        var size = name.Length * 3 <= NameBytesMax ? 0 : Encoding.UTF8.GetByteCount(name);
        if (size > NameBytesMax)
            throw Refuse(
                $"The name of the {kind} is too long.", $"It has {size:N0} bytes; the limit is {NameBytesMax}.",
                "Put what varies into the payload.");
    }

    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? $"<{Visible(c)}>" : c.ToString()));

    private static string Visible(char character) =>
        char.IsControl(character) || char.IsWhiteSpace(character) ? $"U+{(int)character:X4}" : $"\"{character}\"";

    private static ProblemException Refuse(string what, string? why, string fix) => new(new Problem(what, Why: why, Fix: fix));
}
