using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Core.Machines.Simulated;
using Flotilla.Detection;
using Flotilla.Events;
using Flotilla.Resources;

namespace Flotilla;

/// <summary>A whole fleet, checked and immutable.</summary>
public sealed record FleetDescription(
    string Name,
    IReadOnlyList<HostDescription> Hosts,
    IReadOnlyList<RoleDescription> Roles,
    IReadOnlyList<ScenarioDescription> Scenarios,
    SourceLocation Declared)
{
    /// <summary>The images that the fleet uses, in the order in which it names them.</summary>
    public IReadOnlyList<FleetImage> Images { get; init; } = [];

    /// <summary>What makes the fleet's resources real: Flotilla's own providers, and those that came with resources.</summary>
    public ResourceProviders Providers { get; } = Roles.SelectMany(role => role.Providers).Aggregate(ResourceProviders.BuiltIn, (all, provider) => all.With(provider));

    /// <summary>The roles that a host has, in the order in which the host names them.</summary>
    public IEnumerable<RoleDescription> RolesOf(HostDescription host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Roles.Select(name => Roles.FirstOrDefault(role => role.Name == name)).OfType<RoleDescription>();
    }

    /// <summary>The hosts that have a role, as declared.</summary>
    public IEnumerable<HostDescription> HostsOf(string role) => Hosts.Where(host => host.Roles.Contains(role));
}

/// <summary>A machine of the fleet, its roles, and the other tags by which members know it.</summary>
public sealed record HostDescription(string Name, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, string> Tags, SourceLocation Declared);

/// <summary>What every host of a role looks like, runs, watches and reacts to.</summary>
public sealed record RoleDescription(
    string Name,
    IReadOnlyList<Resource> Resources,
    IReadOnlyList<IResourceProvider> Providers,
    IReadOnlyList<AppDeclaration> Apps,
    IReadOnlyList<WatchDescription> Watches,
    IReadOnlyList<HandlerDescription> Handlers,
    SourceLocation Declared)
{
    /// <summary>What prepares a simulated host of the role, in the order of declaration.</summary>
    public IReadOnlyList<Action<MemoryMachine>> Simulated { get; init; } = [];

    /// <summary>What could not be described.</summary>
    internal IReadOnlyList<Problem> Problems { get; init; } = [];
}

/// <summary>An app in a role: the app itself, and how it lies on the role's hosts.</summary>
/// <param name="App">What runs.</param>
/// <param name="OnEveryHost">True for <see cref="AppDescription.Instances"/> on each host, false for that many in all.</param>
/// <param name="RestartOn">Resources whose change restarts the app, one instance after the other.</param>
/// <param name="Files">Variables whose value is the place of a resource on the host, as programs there see it.</param>
public sealed record AppDeclaration(
    AppDescription App,
    bool OnEveryHost,
    IReadOnlyList<ResourceId> RestartOn,
    IReadOnlyList<KeyValuePair<string, ResourceId>> Files);

/// <summary>A series that is watched, and the event raised when it is anomalous.</summary>
/// <param name="Source">Where the series comes from.</param>
/// <param name="Detector">The algorithm that judges it.</param>
/// <param name="Raise">The name of the user event; its payload is an <see cref="Anomaly"/>.</param>
/// <param name="Every">The time between two points.</param>
/// <param name="Policy">When verdicts become an alert.</param>
/// <param name="Settle">How long an instance has been healthy before its points count.</param>
/// <param name="Declared">The place in the source.</param>
public sealed record WatchDescription(
    PrometheusSource Source,
    DetectorDefinition Detector,
    string Raise,
    TimeSpan Every,
    AlertPolicy Policy,
    TimeSpan Settle,
    SourceLocation Declared);

/// <summary>Code that reacts to events on the hosts of a role.</summary>
/// <param name="Name">For journals and people.</param>
/// <param name="Filter">Which events.</param>
/// <param name="Body">The reaction; what it returns answers a query.</param>
/// <param name="Options">Limits, order, retries.</param>
/// <param name="Declared">The place in the source.</param>
public sealed record HandlerDescription(
    string Name,
    EventFilter Filter,
    Func<FleetEvent, IHost, CancellationToken, Task<object?>> Body,
    HandlerOptions Options,
    SourceLocation Declared);

/// <summary>A scenario: what happens to the fleet, and what must follow.</summary>
public sealed record ScenarioDescription(string Name, Func<Scenario, Task> Play, TimeSpan Timeout, SourceLocation Declared);

/// <summary>A series that instances expose in the Prometheus text format.</summary>
/// <param name="App">The app whose instances are asked.</param>
/// <param name="Query">The series, as <see cref="SeriesReader"/> derives it.</param>
/// <param name="Path">Where the metrics are served.</param>
/// <param name="Port">The name of the port; null for the app's first.</param>
public sealed record PrometheusSource(string App, MetricQuery Query, string Path, string? Port);

/// <summary>The payload of the event that a watch raises.</summary>
/// <param name="Series">The series, for example <c>http_request_seconds_mean</c>.</param>
/// <param name="App">The app.</param>
/// <param name="Instance">The instance, for example <c>shop-0</c>.</param>
/// <param name="Host">The host that watched.</param>
/// <param name="Value">The value judged last, in the unit of the series.</param>
/// <param name="Score">How far it is out: 1 is the detector's limit.</param>
/// <param name="At">The time of the point.</param>
public sealed record Anomaly(string Series, string App, string Instance, string Host, double Value, double Score, DateTimeOffset At);
