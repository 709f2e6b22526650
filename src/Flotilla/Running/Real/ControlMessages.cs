using Flotilla.Commands;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Events.Serf;

namespace Flotilla.Running.Real;

/// <summary>What another command asks of a running <c>up</c> or <c>agent</c>.</summary>
/// <param name="Do">One of the words below.</param>
/// <param name="Name">Of an event or query.</param>
/// <param name="Payload">As text.</param>
/// <param name="Bytes">The payload as bytes, instead of text.</param>
/// <param name="Role">Whom a query is for; null for all.</param>
/// <param name="TimeoutSeconds">Of a query.</param>
/// <param name="Call">What Serf told a program that it started.</param>
internal sealed record ControlRequest(
    string Do, string? Name = null, string? Payload = null, byte[]? Bytes = null, string? Role = null, double? TimeoutSeconds = null, SerfScriptCall? Call = null)
{
    public const string Apps = "apps", Send = "send", Members = "members", Query = "query", Tail = "tail", Where = "where", Deliver = "deliver";
}

/// <summary>Its answer.</summary>
internal sealed record ControlReply(
    IReadOnlyList<InstanceOutput>? Instances = null, string? Error = null, IReadOnlyList<MemberOutput>? Members = null, QueryReply? Query = null,
    SerfPlace? Serf = null, ScriptReply? Script = null, string? Why = null, string? Fix = null)
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
