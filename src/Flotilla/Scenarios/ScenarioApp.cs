using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Events;
using Flotilla.Running;

namespace Flotilla;

/// <summary>An app in the hands of a scenario.</summary>
public sealed class ScenarioApp
{
    private readonly Scenario _scenario;
    private readonly IRunningFleet _fleet;
    private readonly AppDeclaration _app;

    internal ScenarioApp(Scenario scenario, IRunningFleet fleet, AppDeclaration app) => (_scenario, _fleet, _app) = (scenario, fleet, app);

    /// <summary>Its instances on all hosts that are up, by name.</summary>
    public IReadOnlyList<InstanceSnapshot> Instances =>
        [.. _fleet.Instances.Where(instance => instance.Id.App == _app.App.Name && instance.Status is not InstanceStatus.Stopped).OrderBy(instance => instance.Id.Slot)];

    /// <summary>How many are healthy, or run without a health check.</summary>
    public int Healthy => Instances.Count(instance => instance.Status is InstanceStatus.Healthy or InstanceStatus.Running);

    /// <summary>One of them, by slot.</summary>
    public ScenarioInstance Instance(int slot) => new(_scenario, _fleet, _app, new InstanceId(_app.App.Name, slot));

    /// <summary>Waits until as many instances as are asked for are healthy.</summary>
    public Task UntilHealthy(TimeSpan? within = null)
    {
        var wanted = _app.OnEveryHost
            ? _app.App.Instances * _fleet.Fleet.HostsOf(_fleet.Fleet.Roles.First(role => role.Apps.Contains(_app)).Name).Count()
            : _app.App.Instances;
        return _scenario.Until($"{wanted} healthy instances of {_app.App.Name}", () => Healthy == wanted, within);
    }
}

/// <summary>An instance in the hands of a scenario.</summary>
public sealed class ScenarioInstance
{
    private readonly Scenario _scenario;
    private readonly IRunningFleet _fleet;
    private readonly AppDeclaration _app;
    private readonly InstanceId _id;

    internal ScenarioInstance(Scenario scenario, IRunningFleet fleet, AppDeclaration app, InstanceId id) =>
        (_scenario, _fleet, _app, _id) = (scenario, fleet, app, id);

    /// <summary>Its name, for example <c>shop-0</c>.</summary>
    public string Name => _id.ToString();

    /// <summary>How it is now; null when no host runs it.</summary>
    public InstanceSnapshot? Now => _fleet.Instances.FirstOrDefault(instance => instance.Id == _id && instance.Status is not InstanceStatus.Stopped);

    /// <summary>Kills it.</summary>
    public Task CrashAsync() => DoAsync("is killed", InstanceFault.Kill);

    /// <summary>Stops it from doing anything, without ending it.</summary>
    public Task HangAsync() => DoAsync("hangs", InstanceFault.Suspend);

    /// <summary>Lets it go on after <see cref="HangAsync"/>.</summary>
    public Task ResumeAsync() => DoAsync("goes on", InstanceFault.Resume);

    /// <summary>Makes it slow, through the app's fault <c>slow</c>.</summary>
    public Task SlowAsync() => FaultAsync("slow");

    /// <summary>Switches on a fault of the app: a request to a real instance, the model's reaction in simulation.</summary>
    public async Task FaultAsync(string fault)
    {
        // While a slot moves, two hosts know it, and one has its live run.
        var instance = _fleet.Instances.FirstOrDefault(known => known.Id == _id && known.Endpoints.Count > 0) ?? throw NotRunning();
        var call = _app.App.Faults.FirstOrDefault(known => known.Name == fault)?.Call
            ?? throw new ScenarioFailedException($"app \"{_app.App.Name}\" has no fault \"{fault}\". " +
                $"{Suggestion.Sentence(fault, [.. _app.App.Faults.Select(known => known.Name)])} Declare it: .Fault(\"{fault}\", Http.Post(\"/{fault}\")).");
        _scenario.Acts();
        _scenario.Timeline.Add(TimelineKinds.Fault, Name, $"{fault}: {call.Method} {call.Path}");
        var url = new Uri(instance.Endpoints[call.Port ?? _app.App.Ports[0].Name], call.Path);
        var reply = await _fleet.Host(instance.Host).Http.SendAsync(new HttpCall(call.Method, url), _scenario.Stopping);
        if (!reply.IsSuccess) throw new ScenarioFailedException($"{call.Method} {url} answered {reply.Status}, so the fault \"{fault}\" is not on");
    }

    private async Task DoAsync(string what, InstanceFault fault)
    {
        _scenario.Acts();
        _scenario.Timeline.Add(TimelineKinds.Fault, Name, what);
        if (!await _fleet.DoAsync(_id, fault, _scenario.Stopping)) throw NotRunning();
    }

    private ScenarioFailedException NotRunning() => new($"instance {Name} does not run now");
}

/// <summary>A host in the hands of a scenario.</summary>
public sealed class ScenarioHost
{
    private readonly Scenario _scenario;
    private readonly IRunningFleet _fleet;

    internal ScenarioHost(Scenario scenario, IRunningFleet fleet, string name) => (_scenario, _fleet, Name) = (scenario, fleet, name);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The host as its handlers see it, while it is up.</summary>
    public IHost Inside => _fleet.Host(Name);

    /// <summary>
    /// What it keeps of its events, also while it is down: reliable events that not all targets have acknowledged, received ones that are
    /// not handled, runs that have begun and not ended.
    /// </summary>
    public KeptEvents Kept => _fleet.Kept(Name);

    /// <summary>The host dies at once, with all that runs on it; its files stay.</summary>
    public Task CrashAsync()
    {
        _scenario.Acts();
        return _fleet.CrashHostAsync(Name);
    }

    /// <summary>The host starts again; if it is up it dies first.</summary>
    public Task RestartAsync()
    {
        _scenario.Acts();
        return _fleet.RestartHostAsync(Name, _scenario.Stopping);
    }

    /// <summary>Takes the host off the network; what runs on it goes on.</summary>
    /// <exception cref="NotSupportedException">Under <c>flotilla up</c>, where all hosts share one network.</exception>
    public Task CutOffAsync() => SetCutOff(true);

    /// <summary>Puts it back on the network.</summary>
    public Task ReconnectAsync() => SetCutOff(false);

    private Task SetCutOff(bool cutOff)
    {
        _scenario.Acts();
        return _fleet.SetCutOffAsync(Name, cutOff);
    }
}
