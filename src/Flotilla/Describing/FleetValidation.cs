using Flotilla.Core;
using Flotilla.Detection;
using Flotilla.Events;
using Flotilla.Resources;

namespace Flotilla;

/// <summary>Finds what was said wrong in a fleet: all of it at once, each with its place and a fix.</summary>
internal static class FleetValidation
{
    private const int NameLengthMax = 63;

    // Of what tells builds apart; see AgentCommand.VersionOf.
    private const int VersionLength = 8;

    /// <summary>What to do about a name that <see cref="IsName"/> refuses.</summary>
    public const string NameFix = "Use lower-case letters, digits and \"-\" between them, 63 characters at most.";

    /// <summary>True for a label as in a host name (RFC 1123), in lower case.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= NameLengthMax
        && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
        && name[0] != '-' && name[^1] != '-';

    public static IEnumerable<Problem> Check(FleetDescription fleet) =>
    [
        .. Names(fleet),
        .. Duplicates("Host", fleet.Hosts, host => host.Name, host => host.Declared),
        .. Duplicates("Role", fleet.Roles, role => role.Name, role => role.Declared),
        .. Duplicates("Scenario", fleet.Scenarios, scenario => scenario.Name, scenario => scenario.Declared),
        .. Duplicates("App", fleet.Roles.SelectMany(role => role.Apps), app => app.App.Name, app => app.App.Declared ?? fleet.Declared),
        .. fleet.Hosts.SelectMany(host => host.Roles
            .Where(role => fleet.Roles.All(known => known.Name != role))
            .Select(role => UnknownRole($"Host \"{host.Name}\"", "has", role, fleet.Roles, host.Declared))),
        .. fleet.Hosts.SelectMany(host => host.Roles.GroupBy(role => role).Where(same => same.Count() > 1).Select(same => new Problem(
            $"Host \"{host.Name}\" names role \"{same.Key}\" twice.", host.Declared, Fix: "Name it once."))),
        .. fleet.Hosts.Where(host => host.Tags.ContainsKey(Running.Tags.Role)).Select(host => new Problem(
            $"Host \"{host.Name}\" has a tag \"{Running.Tags.Role}\", which Flotilla fills in itself.", host.Declared, Fix: "Name the roles beside the host's name.")),
        .. fleet.Scenarios.Where(scenario => scenario.Timeout <= TimeSpan.Zero).Select(scenario => new Problem(
            $"Scenario \"{scenario.Name}\" has the timeout {scenario.Timeout}, so it can never pass.", scenario.Declared, Fix: "Give it a longer one.")),
        .. fleet.Roles.SelectMany(role => role.Apps).SelectMany(app => app.App.Validate()),
        .. fleet.Roles.SelectMany(role => role.Apps).SelectMany(Faults),
        .. fleet.Roles.SelectMany(role => role.Handlers).SelectMany(handler => handler.Options.Check(handler.Name, handler.Declared)),
        .. fleet.Roles.SelectMany(role => role.Problems),
        .. fleet.Roles.SelectMany(role => role.Handlers).SelectMany(handler => handler.Filter.Check(handler.Name, handler.Declared)),
        .. fleet.Roles.SelectMany(role => role.Handlers)
            .Where(handler => handler.Filter.HostRole is { Length: > 0 } asked && fleet.Roles.All(role => role.Name != asked))
            .Select(handler => UnknownRole($"Handler \"{handler.Name}\"", "is for hosts with", handler.Filter.HostRole!, fleet.Roles, handler.Declared)),
        .. fleet.Hosts.SelectMany(Tags),
        .. fleet.Roles.SelectMany(Watches),
        .. fleet.Roles.SelectMany(Relations),
        .. Ports(fleet),
        .. from role in fleet.Roles
           from resource in role.Resources
           where !fleet.Providers.Types.Contains(resource.Type)
           select new Problem($"{resource.Id} is of a type that nothing makes real.", resource.Declared, Fix: "Add it with its provider: role.Add(resource, provider)."),
        .. Resources(fleet),
    ];

    public static Problem UnknownRole(string who, string relation, string role, IReadOnlyList<RoleDescription> roles, SourceLocation declared) =>
        new($"{who} {relation} role \"{role}\", which does not exist.", declared,
            Fix: Suggestion.Sentence(role, [.. roles.Select(known => known.Name)]));

    private static IEnumerable<Problem> Names(FleetDescription fleet) =>
        new[] { ("Fleet", fleet.Name, fleet.Declared) }
            .Concat(fleet.Hosts.Select(host => ("Host", host.Name, host.Declared)))
            .Concat(fleet.Roles.Select(role => ("Role", role.Name, role.Declared)))
            .Concat(fleet.Scenarios.Select(scenario => ("Scenario", scenario.Name, scenario.Declared)))
            .Where(named => !IsName(named.Item2))
            .Select(named => new Problem($"{named.Item1} \"{named.Item2}\" has a name that cannot be used.", named.Declared,
                Fix: NameFix));

    private static IEnumerable<Problem> Duplicates<T>(string kind, IEnumerable<T> all, Func<T, string> name, Func<T, SourceLocation> declared) =>
        all.GroupBy(name).SelectMany(same => same.Skip(1).Select(second => new Problem(
            $"{kind} \"{same.Key}\" is declared twice; the first is at {declared(same.First())}.", declared(second),
            Fix: "Rename one of them, or remove it.")));

    // By the limit of Serf on every bus, so that what runs on one machine runs between hosts.
    private static IEnumerable<Problem> Tags(HostDescription host)
    {
        var tags = Running.Tags.Of(host).ToDictionary();
        tags[Running.Tags.Version] = new string('0', VersionLength);
        var size = EventLimits.TagsBytes(tags);
        if (size > EventLimits.TagsBytesMax)
            yield return new Problem($"The tags of host \"{host.Name}\" are too large for Serf.", host.Declared,
                $"Encoded they take {size:N0} bytes, role and version included; the limit is {EventLimits.TagsBytesMax}.",
                "Keep in tags only what selects hosts.");
    }

    private static IEnumerable<Problem> Watches(RoleDescription role)
    {
        foreach (var watch in role.Watches)
        {
            var app = role.Apps.FirstOrDefault(app => app.App.Name == watch.Source.App)?.App;
            if (app is null)
                yield return new Problem($"The watch on {watch.Source.Query.Series} asks app \"{watch.Source.App}\", which role \"{role.Name}\" does not run.",
                    watch.Declared, Fix: Suggestion.Sentence(watch.Source.App, [.. role.Apps.Select(known => known.App.Name)]));
            else if (app.Ports.Count == 0)
                yield return new Problem($"The watch on {watch.Source.Query.Series} asks app \"{app.Name}\", which has no port.",
                    watch.Declared, Fix: "Give the app a port: .Port(\"http\").");
            else if (watch.Source.Port is { } port && app.Ports.All(known => known.Name != port))
                yield return new Problem($"The watch on {watch.Source.Query.Series} asks port \"{port}\" of app \"{app.Name}\", which has none of that name.",
                    watch.Declared, Fix: Suggestion.Sentence(port, [.. app.Ports.Select(known => known.Name)]));
            foreach (var problem in AlertPolicy.Check(watch.Policy, watch.Declared)) yield return problem;
            if (watch.Every <= TimeSpan.Zero)
                yield return new Problem($"The watch on {watch.Source.Query.Series} has the interval {watch.Every}.", watch.Declared, Fix: "Give it a positive one.");
            if (string.IsNullOrWhiteSpace(watch.Raise))
                yield return new Problem($"The watch on {watch.Source.Query.Series} raises an event without a name.", watch.Declared, Fix: "Name it: raise: \"slow\".");
        }
    }

    // A fault is a request, so there must be a port that it goes to.
    private static IEnumerable<Problem> Faults(AppDeclaration app) =>
        app.App.Ports.Count > 0 ? [] : app.App.Faults.Where(fault => fault.Call.Port is null).Select(fault => new Problem(
            $"App \"{app.App.Name}\" has the fault \"{fault.Name}\" and no port to ask.", app.App.Declared, Fix: "Give the app a port: .Port(\"http\")."));

    // Resources are one catalog on a host, whatever roles they come from; those of a role that no host has are one alone.
    private static IEnumerable<Problem> Resources(FleetDescription fleet) =>
        fleet.Hosts.Select(host => fleet.RolesOf(host).Distinct())
            .Concat(fleet.Roles.Where(role => !fleet.HostsOf(role.Name).Any()).Select(IEnumerable<RoleDescription> (role) => [role]))
            .Select(roles => roles.SelectMany(role => role.Resources).ToList())
            .SelectMany(resources => Catalog.Check(resources).Concat(InsideImages(resources)))
            .Distinct();

    // Another version of the image would take them away, and the order would decide whether they come back.
    private static IEnumerable<Problem> InsideImages(List<Resource> resources) =>
        from image in resources.OfType<ImageResource>()
        where image.Path != "/"
        from inside in resources
        where inside.Occupies?.StartsWith($"path {image.Path}/", StringComparison.Ordinal) == true
        select new Problem($"{inside.Id} lies in the folder of {image.Id}{(image.Declared is { } place ? $" ({place})" : "")}, which is the image's alone.", inside.Declared,
            Fix: "Choose a place outside of it.");

    private static IEnumerable<Problem> Relations(RoleDescription role) =>
        from app in role.Apps
        from id in app.RestartOn.Concat(app.Files.Select(file => file.Value)).Distinct()
        where role.Resources.All(resource => resource.Id != id)
        select new Problem($"App \"{app.App.Name}\" refers to {id}, which role \"{role.Name}\" does not declare.", app.App.Declared,
            Fix: "Declare the resource in the same role.");

    private static IEnumerable<Problem> Ports(FleetDescription fleet)
    {
        var found = new List<Problem>();
        foreach (var host in fleet.Hosts)
        {
            var taken = new Dictionary<int, string>();
            foreach (var role in fleet.RolesOf(host))
                foreach (var app in role.Apps)
                {
                    // Spread over the role's hosts, the fullest one has this many instances.
                    var here = app.OnEveryHost ? app.App.Instances : (app.App.Instances + fleet.HostsOf(role.Name).Count() - 1) / fleet.HostsOf(role.Name).Count();
                    foreach (var port in app.App.Ports.Where(port => port.Number is not null))
                    {
                        if (!taken.TryAdd(port.Number!.Value, app.App.Name) && taken[port.Number.Value] != app.App.Name)
                            found.Add(new Problem($"App \"{app.App.Name}\" wants port {port.Number}, but \"{taken[port.Number.Value]}\" has it on the same host.",
                                app.App.Declared, Fix: "Give one of them another port."));
                        else if (here > 1)
                            found.Add(new Problem($"App \"{app.App.Name}\" wants port {port.Number} for {here} instances on one host.",
                                app.App.Declared, Fix: "Leave the number out, and each instance gets a free port; or run one instance on a host."));
                    }
                }
        }
        return found.Distinct();
    }
}
