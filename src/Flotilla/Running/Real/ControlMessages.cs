using Flotilla.Commands;
using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Events;
using Flotilla.Events.Serf;
using Flotilla.Resources;

namespace Flotilla.Running.Real;

/// <summary>What another command asks of a running <c>up</c> or <c>agent</c>.</summary>
/// <param name="Do">One of the words below.</param>
/// <param name="Name">Of an event or query.</param>
/// <param name="Payload">As text.</param>
/// <param name="Bytes">The payload as bytes, instead of text.</param>
/// <param name="Role">Whom a query is for; null for all.</param>
/// <param name="TimeoutSeconds">Of a query.</param>
/// <param name="Call">What Serf told a program that it started.</param>
/// <param name="Instance">Of an app.</param>
/// <param name="Fault">What is done to the instance.</param>
/// <param name="Targets">Whom a reliable event is for.</param>
/// <param name="Hosts">Whom a query is for; null for all.</param>
/// <param name="Request">An HTTP request to be made from the host.</param>
internal sealed record ControlRequest(
    string Do, string? Name = null, string? Payload = null, byte[]? Bytes = null, string? Role = null, double? TimeoutSeconds = null, SerfScriptCall? Call = null,
    string? Instance = null, InstanceFault? Fault = null, ReliableTargets? Targets = null, IReadOnlyList<string>? Hosts = null, HttpCall? Request = null)
{
    public const string Apps = "apps", Send = "send", Members = "members", Query = "query", Tail = "tail", Where = "where", Deliver = "deliver", Forward = "forward";

    /// <summary>What a scenario asks of the agent of a host.</summary>
    public const string Follow = "follow", Inflict = "inflict", Restart = "restart", Http = "http", Apply = "apply", SendReliably = "send-reliably";
}

/// <summary>Its answer.</summary>
internal sealed record ControlReply(
    IReadOnlyList<InstanceOutput>? Instances = null, string? Error = null, IReadOnlyList<MemberOutput>? Members = null, QueryReply? Query = null,
    SerfPlace? Serf = null, ScriptReply? Script = null, ForwardReply? Forwarded = null, string? Why = null, string? Fix = null,
    bool? IsDone = null, HttpReply? Http = null, ReliableDelivery? Delivery = null, AppliedReply? Applied = null)
{
    public static ControlReply Of(Exception error) => error is ProblemException { Problems: [var problem, ..] }
        ? new ControlReply(Error: problem.What, Why: problem.Why, Fix: problem.Fix)
        : new ControlReply(Error: error.Message);

    /// <exception cref="ProblemException">It is an error.</exception>
    public ControlReply OrThrow() => Error is null ? this : throw new ProblemException(new Problem(Error, Why: Why, Fix: Fix));
}

/// <summary>The agent of Serf that a running fleet uses.</summary>
/// <param name="Rpc">Its address.</param>
/// <param name="AuthFile">The file with its token; null when it has none, or it came from the environment.</param>
internal sealed record SerfPlace(string Rpc, string? AuthFile);

/// <summary>What came of a query, with the payloads as they are.</summary>
internal sealed record QueryReply(IReadOnlyList<QueryReply.Said> Answers, IReadOnlyList<QueryFailure> Failures, IReadOnlyList<string> Silent, double Seconds)
{
    public static QueryReply Of(QueryResult result) => new(
        [.. result.Answers.Select(answer => new Said(answer.Member, answer.Payload.Bytes.ToArray()))], result.Failures, result.Silent, result.Took.TotalSeconds);

    public QueryResult ToResult() => new(
        [.. Answers.Select(answer => new QueryAnswer(answer.Member, EventPayload.FromBytes(answer.Bytes)))], Failures, Silent, TimeSpan.FromSeconds(Seconds));

    /// <summary>One member's answer.</summary>
    public sealed record Said(string Member, byte[] Bytes);
}

/// <summary>What an apply did.</summary>
internal sealed record AppliedReply(IReadOnlyList<AppliedReply.One> Results)
{
    public static AppliedReply Of(ApplyReport report) => new(
        [.. report.Results.Select(result => new One(result.Id.Type, result.Id.Name, result.Outcome, result.Refreshed, result.Error, result.Took))]);

    /// <summary>The report without the changes in detail.</summary>
    public ApplyReport ToReport(string host) => new(host,
        [.. Results.Select(result => new ResourceResult(new ResourceId(result.Type, result.Name), result.Outcome, Change: null, result.Refreshed, result.Error, result.Took))]);

    /// <summary>What became of one resource.</summary>
    public sealed record One(string Type, string Name, ResourceOutcome Outcome, bool Refreshed, string? Error, TimeSpan Took);
}

/// <summary>What has happened since the last one, and how it is now, if it is otherwise.</summary>
internal sealed record Followed(IReadOnlyList<TimelineEntryOutput> Entries, HostState? State);

/// <summary>What runs on a host, and whom it knows.</summary>
internal sealed record HostState(IReadOnlyList<InstanceOutput> Instances, IReadOnlyList<MemberOutput> Members);
