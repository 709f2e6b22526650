using System.Text.Json;
using System.Text.Json.Serialization;
using Flotilla.Apps;
using Flotilla.Events;
using Flotilla.Resources;

namespace Flotilla.Commands;

// The shapes of --output json. They are records of their own, so that what others rely on stays while the inside changes.

internal sealed record FleetOutput(string Fleet, IReadOnlyList<HostOutput> Hosts, IReadOnlyList<RoleOutput> Roles, IReadOnlyList<ScenarioOutput> Scenarios)
{
    public static FleetOutput Of(FleetDescription fleet) => new(
        fleet.Name,
        [.. fleet.Hosts.Select(host => new HostOutput(host.Name, host.Roles))],
        [.. fleet.Roles.Select(role => new RoleOutput(
            role.Name,
            [.. role.Resources.Select(resource => resource.Id.ToString())],
            [.. role.Apps.Select(app => new AppOutput(app.App.Name, app.App.Instances, app.OnEveryHost, app.App.Program, app.App.Arguments, [.. app.App.Ports.Select(port => port.Name)]))],
            [.. role.Watches.Select(watch => new WatchOutput(watch.Source.App, watch.Source.Query.Series, watch.Detector.Name, watch.Raise, watch.Every.TotalSeconds))],
            [.. role.Handlers.Select(handler => handler.Name)]))],
        [.. fleet.Scenarios.Select(scenario => new ScenarioOutput(scenario.Name, scenario.Timeout.TotalSeconds))]);
}

internal sealed record HostOutput(string Name, IReadOnlyList<string> Roles);

internal sealed record RoleOutput(string Name, IReadOnlyList<string> Resources, IReadOnlyList<AppOutput> Apps, IReadOnlyList<WatchOutput> Watches, IReadOnlyList<string> Handlers);

internal sealed record AppOutput(string Name, int Instances, bool OnEveryHost, string? Program, IReadOnlyList<string> Arguments, IReadOnlyList<string> Ports);

internal sealed record WatchOutput(string App, string Series, string Detector, string Raise, double EverySeconds);

internal sealed record ScenarioOutput(string Name, double TimeoutSeconds);

internal sealed record LockOutput(string Fleet, string File, IReadOnlyList<LockedOutput> Images);

internal sealed record LockedOutput(string Name, string Commit, string? Before);

internal sealed record PlansOutput(string Fleet, IReadOnlyList<PlanOutput> Hosts, int Changes, IReadOnlyList<FindingOutput>? Findings);

internal sealed record FindingOutput(string Tool, string Code, string Message, string Path, int? Line, int? Column, string Severity)
{
    public static FindingOutput Of(Inspection.Finding finding) =>
        new(finding.Tool, finding.Code, finding.Message, finding.Location.Path, finding.Location.Line, finding.Location.Column, finding.Severity.ToString().ToLowerInvariant());
}

internal sealed record PlanOutput(string Host, IReadOnlyList<ChangeOutput> Changes, int Unchanged, IReadOnlyList<string> Problems)
{
    public static PlanOutput Of(Plan plan) => new(plan.Host, [.. plan.Changes.Select(ChangeOutput.Of)], plan.Unchanged, [.. plan.Problems.Select(problem => problem.ToString())]);
}

internal sealed record ChangeOutput(string Resource, string Action, IReadOnlyList<PropertyOutput> Properties)
{
    public static ChangeOutput Of(ResourceChange change) => new(
        change.Resource.Id.ToString(),
        JsonNamingPolicy.CamelCase.ConvertName(change.Action.ToString()),
        [.. change.Properties.Select(property => new PropertyOutput(property.Name, property.Before, property.After, property.Diff, property.IsSensitive))]);
}

internal sealed record PropertyOutput(string Name, string? Before, string? After, string? Diff, bool Sensitive);

internal sealed record ApplyOutput(string Fleet, string Host, IReadOnlyList<ResultOutput> Resources, int Changed, int Failed, int Skipped, int Unchanged);

internal sealed record ResultOutput(string Resource, string Outcome, bool Refreshed, ChangeOutput? Change, string? Error, double Seconds);

internal sealed record ScenariosOutput(string Fleet, IReadOnlyList<ScenarioResultOutput> Scenarios);

internal sealed record ScenarioResultOutput(string Name, bool Passed, double Seconds, string? Why, IReadOnlyList<TimelineEntryOutput> Timeline)
{
    public static ScenarioResultOutput Of(ScenarioResult result) => new(result.Name, result.Passed, result.Seconds, result.Why, [.. result.Timeline.Select(TimelineEntryOutput.Of)]);
}

internal sealed record TimelineEntryOutput(DateTimeOffset At, string Kind, string Subject, string Text)
{
    public static TimelineEntryOutput Of(TimelineEntry entry) => new(entry.At, entry.Kind, entry.Subject, entry.Text);
}

internal sealed record AppsOutput(string Fleet, bool Up, IReadOnlyList<AppStateOutput> Apps);

internal sealed record AppStateOutput(string Name, int Wanted, IReadOnlyList<InstanceOutput> Instances);

internal sealed record InstanceOutput(string Name, string Host, string Status, int Run, int Restarts, int? Pid, DateTimeOffset Since, IReadOnlyDictionary<string, string> Endpoints, string? Why)
{
    public static InstanceOutput Of(InstanceSnapshot instance) => new(
        instance.Id.ToString(), instance.Host, JsonNamingPolicy.KebabCaseLower.ConvertName(instance.Status.ToString()), instance.Run, instance.Restarts,
        instance.ProcessId, instance.Since, instance.Endpoints.ToDictionary(entry => entry.Key, entry => entry.Value.ToString()), instance.Why);

    public InstanceSnapshot ToSnapshot() => new(
        InstanceId.Parse(Name), Host, Enum.Parse<InstanceStatus>(Status.Replace("-", "", StringComparison.Ordinal), ignoreCase: true), Run, Pid,
        Endpoints.ToDictionary(entry => entry.Key, entry => new Uri(entry.Value)), Since, Restarts, Why);
}

internal sealed record EventsOutput(string Fleet, IReadOnlyList<RunOutput> Runs);

internal sealed record RunOutput(string EventId, string EventText, string Handler, string Host, DateTimeOffset StartedAt, TimeSpan Took, TimeSpan Waited, int Attempt, string Outcome, string? Result, string? Error)
{
    public static RunOutput Of(HandlerRecord run) => new(
        run.EventId, run.EventText, run.Handler, run.Host, run.StartedAt, run.Took, run.Waited, run.Attempt,
        JsonNamingPolicy.CamelCase.ConvertName(run.Outcome.ToString()), run.Result, run.Error);
}

internal sealed record SentOutput(string Fleet, string Event, bool Sent);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FleetOutput))]
[JsonSerializable(typeof(LockOutput))]
[JsonSerializable(typeof(PlansOutput))]
[JsonSerializable(typeof(ApplyOutput))]
[JsonSerializable(typeof(ScenariosOutput))]
[JsonSerializable(typeof(AppsOutput))]
[JsonSerializable(typeof(EventsOutput))]
[JsonSerializable(typeof(SentOutput))]
[JsonSerializable(typeof(MembersOutput))]
[JsonSerializable(typeof(QueryOutput))]
[JsonSerializable(typeof(HappenedOutput))]
[JsonSerializable(typeof(HandlersOutput))]
[JsonSerializable(typeof(ExplainOutput))]
[JsonSerializable(typeof(KeptOutput))]
[JsonSerializable(typeof(KeysOutput))]
[JsonSerializable(typeof(RoundTripOutput))]
[JsonSerializable(typeof(TimelineEntryOutput))]
[JsonSerializable(typeof(Running.Real.ControlRequest))]
[JsonSerializable(typeof(Running.Real.ControlReply))]
[JsonSerializable(typeof(Running.Real.Followed))]
[JsonSerializable(typeof(Running.Real.NodeTags))]
[JsonSerializable(typeof(Running.Real.HostState))]
internal sealed partial class FleetJson : JsonSerializerContext;
