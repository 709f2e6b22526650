using System.Threading.Channels;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>
/// Keeps the apps of a host on the slots that are the host's as long as the members are as it sees them. Before it starts
/// a slot that another host may still run, it asks the others to give it up, so that a slot does not run twice.
/// </summary>
internal sealed class SlotKeeper
{
    /// <summary>The name of the query, and of the handler that answers it; both stay off the timeline.</summary>
    public const string HandOver = "flotilla-hand-over";

    // A host that has not been seen this long after the start counts as away, and others take over what is its.
    private static readonly TimeSpan UnseenMax = TimeSpan.FromSeconds(30);

    // What an answer may take beyond the time that the instance is given to stop.
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);

    // When an app that could not be placed is tried again, if no member changes before.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly FleetDescription _fleet;
    private readonly string _host;
    private readonly IReadOnlyList<HostApp> _apps;
    private readonly IEventBus _bus;
    private readonly TimeProvider _time;
    private readonly Action<HostApp, Exception> _report;
    private readonly Dictionary<HostApp, string> _failures = [];
    private readonly DateTimeOffset _startedAt;
    private readonly Channel<bool> _membersChanged = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public SlotKeeper(FleetDescription fleet, string host, IReadOnlyList<HostApp> apps, IEventBus bus, TimeProvider time, Action<HostApp, Exception> report)
    {
        (_fleet, _host, _apps, _bus, _time, _report) = (fleet, host, apps, bus, time, report);
        _startedAt = time.GetUtcNow();
        _bus.Subscribe(delivery =>
        {
            if (delivery.Event is MemberEvent) _membersChanged.Writer.TryWrite(true);
        });
    }

    /// <summary>Gives up the slots that another host is about to start, and answers when they have stopped.</summary>
    public HandlerRegistration Handler => new(HandOver, EventFilter.Query(HandOver), async (e, _, cancellationToken) =>
    {
        var asked = ((QueryEvent)e).Payload.Read<Slots>();
        if (_apps.FirstOrDefault(app => app.Name == asked.App) is { } app) await app.GiveUpAsync(asked.Numbers, cancellationToken);
        return true;
        // No timeout of its own: stopping takes what the app's grace allows, and the asker waits no longer than that.
    }, new HandlerOptions(Concurrency: 16, Timeout: Timeout.InfiniteTimeSpan), null);

    public async Task PlaceAsync(CancellationToken cancellationToken)
    {
        foreach (var app in _apps) await PlaceAsync(app, cancellationToken);
    }

    public async Task FollowMembersAsync(CancellationToken cancellationToken)
    {
        var again = _time.Delay(UnseenMax, cancellationToken);
        Task<bool>? changed = null;
        // Awaited, not turned into a task: that would take its end to the thread pool.
        async Task<bool> MembersChangedAsync() => await _membersChanged.Reader.WaitToReadAsync(cancellationToken);
        while (true)
        {
            changed ??= MembersChangedAsync();
            await Task.WhenAny(again.IsCompleted ? [changed] : [changed, again]);
            cancellationToken.ThrowIfCancellationRequested();
            if (changed.IsCompleted) changed = null;
            _membersChanged.Reader.TryRead(out _);
            foreach (var app in _apps) await TryPlaceAsync(app, cancellationToken);
            if (_failures.Count > 0 && again.IsCompleted) again = _time.Delay(RetryAfter, cancellationToken);
        }
    }

    // One app that cannot be placed keeps no other one from moving; what is wrong with it is reported once.
    private async Task TryPlaceAsync(HostApp app, CancellationToken cancellationToken)
    {
        try
        {
            await PlaceAsync(app, cancellationToken);
            _failures.Remove(app);
        }
        catch (Exception e) when (e is not (OperationCanceledException or InvariantException))
        {
            if (_failures.GetValueOrDefault(app) != e.Message) _report(app, e);
            _failures[app] = e.Message;
        }
    }

    private async Task PlaceAsync(HostApp app, CancellationToken cancellationToken)
    {
        var slots = SlotsOf(app);
        var gained = slots.Except(app.Slots).ToList();
        var others = app.Declaration.OnEveryHost ? [] : HostsOf(app).Where(host => host != _host && IsThere(host)).ToList();
        if (gained.Count > 0 && others.Count > 0)
        {
            // Who does not answer may be cut off, and then runs what it runs: going on is worth more than waiting for it.
            await _bus.QueryAsync(new Query(HandOver, EventPayload.FromJson(new Slots(app.Name, gained)),
                app.Declaration.App.StopGrace + AnswerMax, Hosts: others), cancellationToken);
            slots = [.. SlotsOf(app).Where(slot => gained.Contains(slot) || app.Slots.Contains(slot))];
        }
        await app.TakeAsync(slots, cancellationToken);
    }

    private IReadOnlyList<int> SlotsOf(HostApp app)
    {
        var hosts = HostsOf(app);
        if (app.Declaration.OnEveryHost)
        {
            // Slots are counted over all hosts, so that an instance's name is its own in the whole fleet.
            var count = app.Declaration.App.Instances;
            return [.. Enumerable.Range(hosts.IndexOf(_host) * count, count)];
        }
        var late = _time.GetUtcNow() - _startedAt >= UnseenMax;
        var members = _bus.Members.ToDictionary(member => member.Name, member => member.Status);
        return Placement.Of(app.Declaration.App.Instances, hosts,
            host => members.TryGetValue(host, out var status) ? status is not MemberStatus.Alive : late).GetValueOrDefault(_host, []);
    }

    private bool IsThere(string host) => _bus.Members.Any(member => member.Name == host && member.Status is MemberStatus.Alive);

    private List<string> HostsOf(HostApp app)
    {
        var role = _fleet.Roles.First(role => role.Apps.Contains(app.Declaration));
        return [.. _fleet.HostsOf(role.Name).Select(host => host.Name)];
    }

    private sealed record Slots(string App, IReadOnlyList<int> Numbers);
}
