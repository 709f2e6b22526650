using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Core.Machines;
using Flotilla.Events;
using Flotilla.Events.Serf;
using Flotilla.Resources;

namespace Flotilla.Running;

/// <summary>What runs on one host: applies its resources, supervises its apps, watches its series, runs its handlers.</summary>
internal sealed class HostAgent : IHost, IAsyncDisposable
{
    private readonly FleetDescription _fleet;
    private readonly HostDescription _host;
    private readonly IFleetWorld _world;
    private readonly Timeline _timeline;
    private readonly CancellationTokenSource _stopping = new();
    private readonly IEventBus _bus;
    private readonly ReliableEvents _reliable;
    private readonly Catalog _catalog;
    private readonly HandlerDispatcher _dispatcher;
    private readonly List<HostApp> _apps = [];
    private readonly List<Task> _loops = [];
    private readonly SlotKeeper _slots;
    private readonly EndpointExchange _endpoints;
    private bool _abandoned;

    public HostAgent(FleetDescription fleet, HostDescription host, IFleetWorld world, Timeline timeline)
    {
        (_fleet, _host, _world, _timeline) = (fleet, host, world, timeline);
        Stopping = _stopping.Token;
        var store = world.Events(host.Name);
        Joined = world.Join(host);
        _reliable = new ReliableEvents(Joined, store, world.Time, world.Random, new ReliableOptions
        {
            Completed = delivery =>
            {
                if (!delivery.IsComplete)
                    timeline.Add(TimelineKinds.Event, delivery.Name, $"expired before {string.Join(", ", delivery.Expired)} acknowledged it");
            },
            Report = text => timeline.Add(TimelineKinds.Note, host.Name, text),
        });
        _bus = _reliable.Bus;
        var held = new HeldBus(_bus);
        Events = new HostEvents(_bus, _reliable, timeline, Stopping);
        _endpoints = new EndpointExchange(host.Name, _bus, world.Time, world.Random, () => Instances,
            TryPublish, (payload, token) => TrySendAsync(EndpointExchange.EventName, async () => await _bus.SendAsync(EndpointExchange.EventName, payload, token)));
        var roles = fleet.RolesOf(host).ToList();
        _catalog = Catalog.Build(roles.SelectMany(role => role.Resources));
        foreach (var app in roles.SelectMany(role => role.Apps))
        {
            // The programs that a fleet refers to lie beside it.
            var placed = app.App with { WorkingDirectory = Path.Combine(world.PackageFolder, app.App.WorkingDirectory ?? "") };
            var supervisor = new AppSupervisor(placed, host.Name, world.Engine(host.Name), world.Time, world.Random, world.Invariants,
                change =>
                {
                    if (!_abandoned) timeline.Add(KindOf(change.Kind), change.Id.ToString(), change.Kind is InstanceChangeKind.Started ? $"on {Name} {change.Text}".TrimEnd() : change.Text);
                    _endpoints.Changed();
                },
                output: null,
                environment: () => [.. world.Environment(host.Name), .. app.Files.Select(file => new KeyValuePair<string, string>(file.Key, Files.RealPath(file.Value.Name)))]);
            _apps.Add(new HostApp(app, supervisor, Stopping));
        }
        Apps = new HostApps(host.Name, _apps);
        _slots = new SlotKeeper(fleet, host.Name, _apps, _bus, world.Time, ReportUnplaced);
        _dispatcher = new HandlerDispatcher(held,
            [_slots.Handler, .. Register(roles.SelectMany(role => role.Handlers))],
            new HandlerLog(timeline, world.Journal), world.Time, world.Random, world.Invariants, store);
    }

    public string Name => _host.Name;

    public IReadOnlyList<string> Roles => _host.Roles;

    public IHostApps Apps { get; }

    public IMachine Files => _world.Machine(Name);

    public IHttp Http => _world.Http(Name);

    public IHostEvents Events { get; }

    public TimeProvider Time => _world.Time;

    public Random Random => _world.Random;

    public CancellationToken Stopping { get; }

    public IEnumerable<InstanceSnapshot> Instances => _apps.SelectMany(app => app.Instances);

    public IReadOnlyList<HostApp> HostApps => _apps;

    public IEventBus Bus => _bus;

    /// <summary>The bus as the world gave it, beneath what the host puts upon it.</summary>
    public IEventBus Joined { get; }

    public Task<CommandResult> RunAsync(string program, params IReadOnlyList<string> arguments) =>
        Files.RunAsync(new Command(program, arguments), Stopping);

    public void Note(string text) => _timeline.Add(TimelineKinds.Note, Name, text);

    /// <summary>Handlers run from now on, and other hosts get their answers.</summary>
    public void Listen()
    {
        _dispatcher.Start();
        _reliable.Start();
        var unknown = new UnknownEvents(_fleet, Name, _timeline);
        _bus.Subscribe(delivery => unknown.Receive(delivery.Event, _bus.Self));
    }

    /// <summary>Ends when no handler has anything to do.</summary>
    public Task IdleAsync(CancellationToken cancellationToken) => _dispatcher.IdleAsync(cancellationToken);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ApplyResourcesAsync(cancellationToken);
        await _slots.PlaceAsync(cancellationToken);
        _loops.Add(GuardAsync(_slots.FollowMembersAsync));
        if (_apps.Any(app => app.Declaration.App.Ports.Count > 0)) _loops.Add(GuardAsync(_endpoints.RunAsync));
        foreach (var app in _apps)
        {
            var watches = _fleet.RolesOf(_host).SelectMany(role => role.Watches).Where(watch => watch.Source.App == app.Name);
            foreach (var group in watches.GroupBy(watch => (watch.Source.Path, watch.Source.Port, watch.Every, watch.Settle)))
            {
                var watcher = new Watcher(app, Name, [.. group], Http, Time, _timeline,
                    (name, anomaly, token) => TrySendAsync(name, () => Events.SendAsync(name, EventPayload.FromJson(anomaly), token)));
                _loops.Add(GuardAsync(watcher.RunAsync));
            }
        }
    }

    public async Task<ApplyReport> ApplyAsync(CancellationToken cancellationToken = default)
    {
        var report = await ApplyResourcesAsync(cancellationToken);
        foreach (var app in _apps)
            if (app.Declaration.RestartOn.FirstOrDefault(report.ChangedIds.Contains) is { Type: not null } changed)
                await app.Supervisor.RestartAllAsync($"{changed} has changed", cancellationToken);
        return report;
    }

    /// <summary>Stops in order: nothing new is begun, handlers end, instances stop, the bus is left.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        await Task.WhenAll(_loops);
        await _dispatcher.DisposeAsync();
        await _reliable.DisposeAsync();
        await Task.WhenAll(_apps.Select(app => app.Supervisor.StopAsync(cancellationToken)));
        await _bus.LeaveAsync(cancellationToken);
        await DisposeAsync();
    }

    /// <summary>The host has died: everything ends at once and nothing is reported.</summary>
    public async Task AbandonAsync()
    {
        _abandoned = true;
        foreach (var app in _apps) app.Supervisor.Abandon();
        _stopping.Cancel();
        await Task.WhenAll(_loops);
        await _dispatcher.DisposeAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps) await app.Supervisor.DisposeAsync();
        await _dispatcher.DisposeAsync();
        await _reliable.DisposeAsync();
        await _bus.DisposeAsync();
        _stopping.Dispose();
    }

    // Two handlers may react to one event, and are then told apart by a number: journals name each on its own.
    private IEnumerable<HandlerRegistration> Register(IEnumerable<HandlerDescription> handlers)
    {
        var names = new Dictionary<string, int>();
        foreach (var handler in handlers)
        {
            var number = names[handler.Name] = names.GetValueOrDefault(handler.Name) + 1;
            yield return new HandlerRegistration(number == 1 ? handler.Name : $"{handler.Name} ({number})",
                handler.Filter, (e, _, token) => handler.Body(e, this, token), handler.Options, handler.Declared);
        }
    }

    private async Task<ApplyReport> ApplyResourcesAsync(CancellationToken cancellationToken)
    {
        var applier = new Applier(_fleet.Providers, Time);
        return await applier.ApplyAsync(_catalog, Files, result =>
        {
            if (result.Outcome is not ResourceOutcome.Unchanged)
                _timeline.Add(TimelineKinds.Resource, result.Id.ToString(), result.Outcome switch
                {
                    ResourceOutcome.Changed => $"changed on {Name}",
                    ResourceOutcome.Skipped => $"skipped on {Name}: {result.Error}",
                    _ => $"failed on {Name}: {result.Error}",
                });
        }, cancellationToken);
    }

    // What the host sends on its own account is sent again when it is so again: that the way to the others is gone for a while ends nothing.
    private async Task TrySendAsync(string name, Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (Exception e) when (e is not OperationCanceledException and not InvariantException)
        {
            Note($"the event \"{name}\" is not sent: {e.Message}");
        }
    }

    // Where the instances are is written again with the next change: a disk that is full for a while ends nothing.
    private void TryPublish(Func<IReadOnlyList<Endpoint>> endpoints)
    {
        try
        {
            _world.Publish(Name, endpoints);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_abandoned) Note($"where the instances are cannot be written for the apps: {e.Message}");
        }
    }

    // That the way to the others is gone for a while is to be expected; that the supervisor of an app has failed is a bug.
    private void ReportUnplaced(HostApp app, Exception failure)
    {
        if (failure is ProblemException or SerfException or IOException or EventBusClosedException) Note($"app \"{app.Name}\" cannot be placed: {failure.Message}");
        else _timeline.Add(TimelineKinds.Violation, Name, failure.ToString());
    }

    // A loop that fails must not vanish: it is reported, and the rest of the host goes on.
    private async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(Stopping);
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _timeline.Add(TimelineKinds.Violation, Name, e.ToString());
        }
    }

    private static string KindOf(InstanceChangeKind kind) => kind switch
    {
        InstanceChangeKind.Started => TimelineKinds.InstanceStarted,
        InstanceChangeKind.Healthy => TimelineKinds.InstanceHealthy,
        InstanceChangeKind.Unhealthy => TimelineKinds.InstanceUnhealthy,
        InstanceChangeKind.Crashed => TimelineKinds.InstanceCrashed,
        InstanceChangeKind.BackingOff => TimelineKinds.InstanceBackingOff,
        InstanceChangeKind.Stopping => TimelineKinds.InstanceStopping,
        InstanceChangeKind.Stopped => TimelineKinds.InstanceStopped,
        InstanceChangeKind.StartFailed => TimelineKinds.InstanceStartFailed,
        _ => TimelineKinds.Note,
    };
}
