using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>
/// Says when a user event comes that no handler of the whole fleet is for: a misspelt name is otherwise silence. Said once for a name, by
/// the host that sent it; by each host when none of the fleet did.
/// </summary>
internal sealed class UnknownEvents(FleetDescription fleet, string host, Timeline timeline)
{
    private const int NamesMax = 100;

    private static readonly Func<string, Member?> Nobody = _ => null;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly List<EventFilter> _filters = [.. fleet.Roles.SelectMany(role => role.Handlers).Select(handler => handler.Filter)];

    public void Receive(FleetEvent received, Member self)
    {
        if (received is not UserEvent e || EventLimits.IsOwn(e) || (e.Origin != host && fleet.Hosts.Any(known => known.Name == e.Origin))) return;
        if (_filters.Any(filter => (filter with { HostRole = null, HostTags = null, OriginRole = null }).Matches(e, self, Nobody))) return;
        lock (_lock)
            if (_said.Count >= NamesMax || !_said.Add(e.Name)) return;
        var known = _filters.Select(filter => filter.ToString()).Where(text => text.StartsWith("user ", StringComparison.Ordinal)).Distinct().ToList();
        timeline.Add(TimelineKinds.Note, host,
            $"no handler of the fleet is for the event \"{e.Name}\"; {(known.Count == 0 ? "there is none for user events" : $"there are handlers for {string.Join(", ", known)}")}");
    }
}
