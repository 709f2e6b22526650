using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla.Commands;

/// <summary>What would run, where, on which event; and why, for one event on one host. Needs nothing that runs.</summary>
internal static class HandlersCommand
{
    private static readonly string[] Kinds = ["user", "query", "member-join", "member-leave", "member-failed", "member-update", "member-reap"];

    public static int List(FleetContext context, string? hostName)
    {
        var fleet = context.Fleet.Build();
        var hosts = hostName is null ? fleet.Hosts : PlanCommand.Targets(fleet, hostName);
        var handlers = (from host in hosts
                        from role in fleet.RolesOf(host)
                        from handler in role.Handlers
                        select new HandlerOutput(host.Name, role.Name, handler.Name, handler.Filter.ToString(), handler.Declared.ToString(), handler.Options.Concurrency,
                            Limit(handler.Options), handler.Options.Attempts)).ToList();
        if (context.Terminal.Format == OutputFormat.Json)
        {
            context.Terminal.Json(new HandlersOutput(fleet.Name, handlers), FleetJson.Default.HandlersOutput);
            return ExitCodes.Done;
        }
        if (handlers.Count == 0) context.Terminal.Note("No handlers. A role gets one with role.On<UserEvent>(\"name\", …).");
        else
            context.Terminal.Table(["host", "role", "on", "handler", "declared"], handlers.Select(handler => (IReadOnlyList<string>)
                [handler.Host, handler.Role, handler.On, handler.Handler == $"on {handler.On}" ? "" : handler.Handler, handler.Declared]));
        return ExitCodes.Done;
    }

    /// <param name="context">The fleet.</param>
    /// <param name="text">The event: <c>NAME</c>, <c>user:NAME</c>, <c>query:NAME</c>, <c>member-join:MEMBER</c>.</param>
    /// <param name="hostName">On which host.</param>
    /// <param name="from">The member that it comes from; null for nobody that is known.</param>
    public static int Explain(FleetContext context, string text, string? hostName, string? from)
    {
        var fleet = context.Fleet.Build();
        if (PlanCommand.Targets(fleet, hostName) is not [var host])
            throw new ProblemException(new Problem("On which host would the event arrive?",
                Fix: $"Say it: --host NAME. {Suggestion.Sentence("", [.. fleet.Hosts.Select(known => known.Name)])}"));
        Member? Find(string name) => fleet.Hosts.FirstOrDefault(known => known.Name == name) is { } known ? MemberOf(known) : null;
        var happened = Parse(text, from ?? "", Find);
        var self = MemberOf(host);
        var handlers = (from role in fleet.Roles from handler in role.Handlers select (Role: role.Name, Handler: handler, Why: WhyNot(host, role.Name) ?? handler.Filter.WhyNot(happened, self, Find))).ToList();
        var taken = handlers.FirstOrDefault(entry => entry.Why is null && !entry.Handler.Filter.IsDefault).Handler;
        var answers = happened is QueryEvent ? handlers.FirstOrDefault(entry => entry.Why is null && entry.Handler.Filter.Matches(happened, self, Find) && entry.Handler.Filter.ToString().StartsWith("query", StringComparison.Ordinal) && (taken is null || !entry.Handler.Filter.IsDefault)).Handler : null;
        var explained = handlers.Select(entry =>
        {
            var why = entry.Why ?? (entry.Handler.Filter.IsDefault && taken is not null ? $"it is for what nothing else fits, and {taken.Name} does" : null);
            return new ExplainedOutput(entry.Role, entry.Handler.Name, why is null, happened is QueryEvent && why is null ? entry.Handler == answers : null, why, entry.Handler.Declared.ToString());
        }).ToList();
        if (context.Terminal.Format == OutputFormat.Json)
        {
            context.Terminal.Json(new ExplainOutput(fleet.Name, host.Name, happened.ToString(), explained), FleetJson.Default.ExplainOutput);
            return ExitCodes.Done;
        }
        context.Terminal.Line($"{happened} on {host.Name} ({string.Join(", ", host.Roles.DefaultIfEmpty("no role"))}):");
        foreach (var entry in explained.OrderByDescending(entry => entry.Runs))
            context.Terminal.Line(entry.Runs
                ? $"  runs      {entry.Handler}  ({entry.Declared}){(entry.Answers == true ? ", and answers" : "")}"
                : $"  does not  {entry.Handler}  ({entry.Declared}): {entry.Why}", entry.Runs ? Tone.Good : Tone.Faint);
        if (!explained.Any(entry => entry.Runs)) context.Terminal.Line("  nothing runs");
        return ExitCodes.Done;
    }

    private static string? WhyNot(HostDescription host, string role) => host.Roles.Contains(role) ? null : $"{host.Name} does not have role {role}";

    private static double? Limit(HandlerOptions options) =>
        (options.Timeout ?? HandlerOptions.DefaultTimeout) is var limit && limit == Timeout.InfiniteTimeSpan ? null : limit.TotalSeconds;

    private static Member MemberOf(HostDescription host) => new(host.Name, Running.Tags.Of(host), MemberStatus.Alive, "");

    private static FleetEvent Parse(string text, string from, Func<string, Member?> find)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? text : text[..colon];
        var name = colon < 0 ? "" : text[(colon + 1)..];
        var now = DateTimeOffset.UnixEpoch;
        if (kind == "query") return new QueryEvent(Named(name, text), EventPayload.Empty, from, now, 1, now);
        if (kind == "user") return new UserEvent(Named(name, text), EventPayload.Empty, from, 1, now);
        if (Array.IndexOf(Kinds, kind) is var index and > 1)
        {
            var who = name.Length > 0 ? name : from;
            return new MemberEvent((MemberChange)(index - 2), find(who) ?? new Member(Named(who, text), new Dictionary<string, string>(), MemberStatus.Alive, ""), 1, now);
        }
        return new UserEvent(text, EventPayload.Empty, from, 1, now);
    }

    private static string Named(string name, string text) => name.Length > 0 ? name : throw new ProblemException(new Problem(
        $"The event \"{text}\" has no name.", Fix: "Write NAME, query:NAME, or member-join:MEMBER."));
}
