using Flotilla.Events;

namespace Flotilla.Commands;

internal sealed record MembersOutput(string Fleet, string Via, IReadOnlyList<MemberOutput> Members);

internal sealed record MemberOutput(string Name, string Address, string Status, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, string> Tags)
{
    public static MemberOutput Of(Member member) => new(member.Name, member.Address, member.Status.ToString().ToLowerInvariant(), member.Roles, member.Tags);

    public Member ToMember() => new(Name, Tags, Enum.Parse<MemberStatus>(Status, ignoreCase: true), Address);
}

/// <summary>A payload is text where it is UTF-8, otherwise base64.</summary>
internal sealed record QueryOutput(string Fleet, string Query, string Via, IReadOnlyList<AnswerOutput> Answers, IReadOnlyList<FailureOutput> Failures, IReadOnlyList<string> Silent, double Seconds);

internal sealed record AnswerOutput(string Member, string? Text, string? Base64);

internal sealed record FailureOutput(string Member, string Error);

/// <summary>One thing that happened, as <c>events tail</c> shows it.</summary>
internal sealed record HappenedOutput(DateTimeOffset At, string Kind, string Name, string? Origin, string? Text, string? Base64, ulong LamportTime, string Id)
{
    public static HappenedOutput Of(FleetEvent happened)
    {
        var (kind, name, origin, payload) = happened switch
        {
            UserEvent user => ("user", user.Name, user.Origin, user.Payload),
            QueryEvent query => ("query", query.Name, query.Origin, query.Payload),
            MemberEvent member => (member.ToString().Split(' ')[0], member.Member.Name, null, EventPayload.FromText(string.Join(' ', member.Member.Tags.Select(tag => $"{tag.Key}={tag.Value}")))),
            _ => ("gap", happened.ToString(), (string?)null, EventPayload.Empty),
        };
        return new HappenedOutput(happened.At, kind, name, origin is { Length: > 0 } ? origin : null,
            Payloads.Text(payload), Payloads.Base64(payload), happened.LamportTime, happened.Id);
    }
}

internal sealed record HandlersOutput(string Fleet, IReadOnlyList<HandlerOutput> Handlers);

internal sealed record HandlerOutput(string Host, string Role, string Handler, string On, string Declared, int Concurrency, double? TimeoutSeconds, int Attempts);

internal sealed record ExplainOutput(string Fleet, string Host, string Event, IReadOnlyList<ExplainedOutput> Handlers);

internal sealed record ExplainedOutput(string Role, string Handler, bool Runs, bool? Answers, string? Why, string Declared);

internal sealed record KeysOutput(string Fleet, string Command, int Members, int Answered, int Failed, IReadOnlyDictionary<string, int> Keys, IReadOnlyDictionary<string, string> Messages);

internal sealed record RoundTripOutput(string Fleet, string From, string To, double Seconds);

internal sealed record KeptOutput(string Fleet, IReadOnlyList<KeptHostOutput> Hosts);

internal sealed record KeptHostOutput(
    string Host, IReadOnlyList<ToSendOutput> ToSend, IReadOnlyList<ToHandleOutput> ToHandle, IReadOnlyList<UnfinishedOutput> Unfinished)
{
    public static KeptHostOutput Of(string host, KeptEvents kept) => new(host,
        [.. kept.Outgoing.Select(e => new ToSendOutput(e.Number, e.Name, Payloads.Text(e.Payload), Payloads.Base64(e.Payload), e.Missing, e.Acknowledged, e.At, e.ExpiresAt, e.Tries))],
        [.. kept.Waiting.Select(e => new ToHandleOutput(e.Id, e.Name, Payloads.Text(e.Payload), Payloads.Base64(e.Payload), e.Origin is { Length: > 0 } origin ? origin : null, e.At, e.ReliableId is not null))],
        [.. kept.Unfinished.Select(run => new UnfinishedOutput(run.EventId, run.Handler, run.At, run.Begun))]);
}

internal sealed record ToSendOutput(
    long Number, string Name, string? Text, string? Base64, IReadOnlyList<string> For, IReadOnlyList<string> Acknowledged, DateTimeOffset Since, DateTimeOffset Expires, int Tries);

internal sealed record ToHandleOutput(string Id, string Name, string? Text, string? Base64, string? Origin, DateTimeOffset Since, bool Reliable);

internal sealed record UnfinishedOutput(string Id, string Handler, DateTimeOffset At, int Begun);

/// <summary>Payloads as JSON and people see them.</summary>
internal static class Payloads
{
    public static string? Text(EventPayload payload) =>
        payload.Length > 0 && System.Text.Unicode.Utf8.IsValid(payload.Bytes.Span) ? payload.Text : null;

    public static string? Base64(EventPayload payload) =>
        payload.Length > 0 && !System.Text.Unicode.Utf8.IsValid(payload.Bytes.Span) ? Convert.ToBase64String(payload.Bytes.Span) : null;
}
