using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Running;

namespace Flotilla;

/// <summary>
/// A running fleet in the hands of a scenario: things are done to it, and what must follow is waited for. The same code
/// runs in virtual time and for real.
/// </summary>
public sealed class Scenario
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly IRunningFleet _fleet;
    private int _mark;

    internal Scenario(IRunningFleet fleet, CancellationToken stopping) => (_fleet, Stopping) = (fleet, stopping);

    /// <summary>All that has happened.</summary>
    public Timeline Timeline => _fleet.Timeline;

    /// <summary>The clock: virtual in simulation.</summary>
    public TimeProvider Time => _fleet.Time;

    /// <summary>Cancelled at the scenario's timeout and when the run is interrupted.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>All instances of the fleet.</summary>
    public IReadOnlyList<InstanceSnapshot> Instances => _fleet.Instances;

    /// <summary>What is being waited for; said when the time is over.</summary>
    internal string? WaitingFor { get; private set; }

    /// <summary>An app of the fleet.</summary>
    public ScenarioApp App(string name) => _fleet.Fleet.Roles.SelectMany(role => role.Apps).FirstOrDefault(app => app.App.Name == name) is { } app
        ? new ScenarioApp(this, _fleet, app)
        : throw new ArgumentException($"The fleet has no app \"{name}\". {Suggestion.Sentence(name, [.. _fleet.Fleet.Roles.SelectMany(role => role.Apps).Select(known => known.App.Name)])}", nameof(name));

    /// <summary>A host of the fleet.</summary>
    public ScenarioHost Host(string name) => _fleet.Fleet.Hosts.Any(host => host.Name == name)
        ? new ScenarioHost(this, _fleet, name)
        : throw new ArgumentException($"The fleet has no host \"{name}\". {Suggestion.Sentence(name, [.. _fleet.Fleet.Hosts.Select(known => known.Name)])}", nameof(name));

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">What is waited for, as it is told when it does not come.</param>
    /// <param name="condition">Looked at after every entry of the timeline, and ten times a second.</param>
    /// <param name="within">The scenario's own timeout unless given.</param>
    /// <exception cref="ScenarioFailedException">It did not come within <paramref name="within"/>.</exception>
    public async Task Until(string what, Func<bool> condition, TimeSpan? within = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        WaitingFor = what;
        using var limit = new CancellationTokenSource(within ?? Timeout.InfiniteTimeSpan, Time);
        while (true)
        {
            var changed = Timeline.Changed;
            if (condition()) break;
            if (limit.IsCancellationRequested) throw new ScenarioFailedException($"waited {within!.Value.TotalSeconds:0.###} s for: {what}");
            using var both = CancellationTokenSource.CreateLinkedTokenSource(Stopping, limit.Token);
            await Task.WhenAny(changed, Time.Delay(PollInterval, both.Token));
            Stopping.ThrowIfCancellationRequested();
        }
        WaitingFor = null;
    }

    /// <summary>
    /// Waits for a timeline entry of a kind. It looks at what came after the scenario last did something to the fleet, and
    /// after the entry that it saw last: a sequence of calls is a sequence of entries.
    /// </summary>
    /// <param name="kind">One of <see cref="TimelineKinds"/>.</param>
    /// <param name="subject">The entry's subject, or its first word, such as the instance of a series; any unless given.</param>
    /// <param name="within">The scenario's own timeout unless given.</param>
    public async Task<TimelineEntry> Sees(string kind, string? subject = null, TimeSpan? within = null)
    {
        TimelineEntry? found = null;
        var from = _mark;
        await Until($"{kind}{(subject is not null ? $" of {subject}" : "")}", () =>
        {
            while (found is null && Timeline.TryGet(from) is { } entry)
            {
                from++;
                if (entry.Kind == kind && (subject is null || entry.Subject == subject || entry.Subject.StartsWith(subject + " ", StringComparison.Ordinal))) found = entry;
            }
            return found is not null;
        }, within);
        _mark = from;
        return found!;
    }

    /// <summary>The scenario is about to do something: what it sees next comes after this.</summary>
    internal void Acts() => _mark = Timeline.Count;

    /// <summary>Waits until every host that is up knows every other one: what is sent or asked before may miss some.</summary>
    public Task UntilJoined(TimeSpan? within = null) => Until("all hosts to know each other", () =>
    {
        var hosts = _fleet.Hosts;
        return hosts.All(host => host.Events.Members.Where(member => member.Status is MemberStatus.Alive).Select(member => member.Name).Intersect(hosts.Select(other => other.Name)).Count() == hosts.Count);
    }, within);

    /// <summary>Lets time pass.</summary>
    public async Task For(TimeSpan time)
    {
        WaitingFor = $"{time.TotalSeconds:0.###} s to pass";
        await Time.Delay(time, Stopping);
        WaitingFor = null;
    }

    /// <summary>Sends a user event from the first host that is up.</summary>
    /// <exception cref="ScenarioFailedException">No host is up.</exception>
    public Task SendAsync(string name, EventPayload payload)
    {
        Acts();
        return First($"send the event \"{name}\"").Events.SendAsync(name, payload, Stopping);
    }

    /// <summary>Asks a query from the first host that is up.</summary>
    /// <exception cref="ScenarioFailedException">No host is up.</exception>
    public Task<QueryResult> QueryAsync(Query query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return First($"ask the query \"{query.Name}\"").Events.QueryAsync(query, Stopping);
    }

    /// <summary>Fails the scenario unless something holds.</summary>
    public void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ScenarioFailedException(otherwise);
    }

    /// <summary>Writes a line to the timeline.</summary>
    public void Note(string text) => Timeline.Add(TimelineKinds.Note, "scenario", text);

    private IHost First(string purpose) =>
        _fleet.Hosts is [var first, ..] ? first : throw new ScenarioFailedException($"no host is up to {purpose} from");
}

/// <summary>What a scenario waits for did not come, or what it requires does not hold.</summary>
public sealed class ScenarioFailedException(string message) : Exception(message);
