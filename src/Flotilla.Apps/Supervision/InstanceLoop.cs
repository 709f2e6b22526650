using Flotilla.Core;
namespace Flotilla.Apps;

/// <summary>
/// The life of one slot: start, watch, stop or find out that it ended, wait, start again. One loop owns its state; requests
/// from outside only set flags and wake it.
/// </summary>
internal sealed class InstanceLoop(AppSupervisor supervisor, InstanceId id)
{
    private static readonly Dictionary<string, Uri> NoEndpoints = [];

    private readonly RestartDelays _delays = new(supervisor.App, supervisor.Random);
    private readonly List<Signal<bool>> _restarts = [];
    private Signal<bool> _wake = new();
    private Signal<bool>? _stop;
    private string? _restartWhy;
    private string? _lastLine;
    private InstanceStatus _status = InstanceStatus.Starting;
    private DateTimeOffset _since = supervisor.Time.GetUtcNow();
    private string? _why;
    private int _run;
    private int _restartCount;
    private bool _watching;
    private IInstance? _last;

    public InstanceId Id => id;

    /// <summary>The run that is live, or null. Under the gate.</summary>
    public IInstance? Live { get; private set; }

    /// <summary>True from a request to stop until the stop is done. Under the gate.</summary>
    public bool IsStopRequested => _stop is not null;

    /// <summary>Completes when the stop that was requested is done. Under the gate.</summary>
    public Task StoppedAsync() => _stop?.GivenAsync() ?? Task.CompletedTask;

    public InstanceSnapshot Snapshot() => new(
        id, supervisor.Host, _status, _run, Live?.ProcessId, Live?.Endpoints ?? NoEndpoints, _since, _restartCount, _why);

    /// <summary>Under the gate.</summary>
    public void RequestStop()
    {
        _stop ??= new Signal<bool>();
        _wake.Give(true);
    }

    /// <summary>Under the gate.</summary>
    public Task<bool> RequestRestart(string why)
    {
        var restart = new Signal<bool>();
        _restarts.Add(restart);
        _restartWhy = why;
        _wake.Give(true);
        return restart.GivenAsync();
    }

    /// <summary>Those who wait for it need not any more. Under the gate.</summary>
    public void Release()
    {
        _stop?.Give(true);
        _stop = null;
        foreach (var restart in _restarts) restart.Give(false);
        _restarts.Clear();
    }

    /// <summary>Runs until the slot is not wanted here any more. It never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            var again = false;
            while (Begin(again) is { } restarts)
            {
                await RunOnceAsync(restarts);
                again = true;
            }
        }
        catch (OperationCanceledException) when (supervisor.Abandoned.IsCancellationRequested)
        {
            // The host has died; there is nobody to tell.
        }
        catch (Exception e)
        {
            supervisor.Fail(e);
            if (_last is { Exited.IsCompleted: false } orphan) await orphan.KillAsync(CancellationToken.None);
        }
        lock (supervisor.Gate) Release();
        supervisor.Report();
    }

    /// <summary>The restarts that the next run answers, or null when there is to be none.</summary>
    private List<Signal<bool>>? Begin(bool again)
    {
        lock (supervisor.Gate)
        {
            if (_stop is { } stop)
            {
                _stop = null;
                _delays.Forget();
                stop.Give(true);
            }
            if (supervisor.BeginRun(this) is not { } run) return null;
            _run = run;
            List<Signal<bool>> restarts = [.. _restarts];
            _restarts.Clear();
            _restartWhy = null;
            _lastLine = null;
            if (again && restarts.Count == 0) _restartCount++;
            Become(InstanceStatus.Starting, null);
            return restarts;
        }
    }

    private async Task RunOnceAsync(List<Signal<bool>> restarts)
    {
        var live = await StartAsync(restarts);
        if (live is null)
        {
            await WaitAsync();
            return;
        }
        var started = supervisor.Time.GetTimestamp();
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(supervisor.Abandoned);
        var health = new HealthWatch(supervisor.App, supervisor.Engine, supervisor.Time);
        var sick = supervisor.App.Health is null
            ? NeverAsync(watch.Token)
            : health.RunAsync(live, (status, why) => Observe(live, status, why), watch.Token);
        await Task.WhenAny(live.Exited, sick, WakeTask());
        lock (supervisor.Gate) _watching = false;
        watch.Cancel();
        supervisor.Abandoned.ThrowIfCancellationRequested();

        var ran = supervisor.Time.GetElapsedTime(started);
        bool asked;
        lock (supervisor.Gate) asked = _stop is not null || _restarts.Count > 0;
        if (live.Exited.IsCompleted) await CrashedAsync(live, ran, health.HasPassed);
        else if (asked) await StopAsync(live, _stop is null ? $"restart: {_restartWhy}" : "");
        else await UnhealthyAsync(live, await sick ?? "", ran, health.HasPassed);
    }

    private async Task<IInstance?> StartAsync(List<Signal<bool>> restarts)
    {
        IInstance? live = null;
        try
        {
            var start = new InstanceStart(id, _run, supervisor.App, supervisor.Host, supervisor.Environment(), Heard);
            supervisor.Invariants.Require(_last is null || _last.Exited.IsCompleted, $"{id} on {supervisor.Host} has one live run");
            live = await supervisor.Engine.StartAsync(start, supervisor.Abandoned);
            lock (supervisor.Gate)
            {
                _last = Live = live;
                _watching = true;
                Become(supervisor.App.Health is null ? InstanceStatus.Running : InstanceStatus.Starting, null);
                Note(InstanceChangeKind.Started, _run == 1 ? "" : $"run {_run}");
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or InvariantException))
        {
            // Whatever an engine throws, or who is asked for the environment, the app is worth another try; what the engine foresaw is told as its problem.
            var problem = (e as EngineException)?.Problem ?? new Problem($"{id} cannot be started: {e.Message}");
            lock (supervisor.Gate)
            {
                Become(InstanceStatus.Failed, problem.ToString());
                var delay = _delays.AfterFailedStart();
                Note(InstanceChangeKind.StartFailed, $"{problem} The next try is in {Say.Duration(delay)}.");
            }
        }
        finally
        {
            foreach (var restart in restarts) restart.Give(true);
        }
        supervisor.Report();
        return live;
    }

    private async Task CrashedAsync(IInstance live, TimeSpan ran, bool passed)
    {
        var exit = await live.Exited;
        lock (supervisor.Gate)
        {
            Live = null;
            Become(InstanceStatus.BackingOff, Say.Exit(exit, ran, _lastLine));
            Note(InstanceChangeKind.Crashed, _why!);
            BackOff(ran, passed);
        }
        supervisor.Report();
        await WaitAsync();
    }

    private async Task UnhealthyAsync(IInstance live, string reason, TimeSpan ran, bool passed)
    {
        lock (supervisor.Gate)
        {
            Become(InstanceStatus.Unhealthy, reason);
            Note(InstanceChangeKind.Unhealthy, reason);
        }
        supervisor.Report();
        await StopAsync(live, "unhealthy");
        lock (supervisor.Gate)
        {
            Become(InstanceStatus.BackingOff, $"unhealthy: {reason}");
            BackOff(ran, passed);
        }
        supervisor.Report();
        await WaitAsync();
    }

    private async Task StopAsync(IInstance live, string why)
    {
        lock (supervisor.Gate)
        {
            Become(InstanceStatus.Stopping, why.Length > 0 ? why : null);
            Note(InstanceChangeKind.Stopping, why);
        }
        supervisor.Report();
        var begun = supervisor.Time.GetTimestamp();
        await live.StopAsync(supervisor.App.StopGrace, supervisor.Abandoned);
        var exit = await live.Exited.WaitAsync(supervisor.Abandoned);
        supervisor.Abandoned.ThrowIfCancellationRequested();
        lock (supervisor.Gate)
        {
            Live = null;
            Become(InstanceStatus.Stopped, why.Length > 0 ? why : null);
            Note(InstanceChangeKind.Stopped, $"{exit}, {Say.Duration(supervisor.Time.GetElapsedTime(begun))} after it was told to stop");
            if (_restarts.Count > 0) _delays.Forget();
        }
        supervisor.Report();
    }

    private void BackOff(TimeSpan ran, bool passed)
    {
        var delay = _delays.AfterRun(ran, passed || supervisor.App.Health is null);
        if (delay > TimeSpan.Zero) Note(InstanceChangeKind.BackingOff, $"starts again in {Say.Duration(delay)}");
    }

    /// <summary>Waits for the delay that was decided on last, a restart, or a stop.</summary>
    private async Task WaitAsync()
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(supervisor.Abandoned);
        if (_delays.Last > TimeSpan.Zero)
            await Task.WhenAny(supervisor.Time.Delay(_delays.Last, wait.Token), WakeTask());
        wait.Cancel();
        supervisor.Abandoned.ThrowIfCancellationRequested();
        lock (supervisor.Gate)
        {
            if (_restarts.Count > 0) _delays.Forget();
            if (_stop is null) return;
            Become(InstanceStatus.Stopped, null);
            Note(InstanceChangeKind.Stopped, "it was not running");
        }
        supervisor.Report();
    }

    private Task WakeTask()
    {
        lock (supervisor.Gate)
        {
            if (_stop is not null || _restarts.Count > 0) return Task.CompletedTask;
            _wake = new Signal<bool>();
            return _wake.GivenAsync();
        }
    }

    /// <summary>What the health watch sees while the run goes on.</summary>
    private void Observe(IInstance live, InstanceStatus status, string why)
    {
        lock (supervisor.Gate)
        {
            if (!_watching || Live != live) return;
            if (_status == status)
            {
                _why = status == InstanceStatus.Healthy ? null : why;
                return;
            }
            Become(status, status == InstanceStatus.Healthy ? null : why);
            if (status != InstanceStatus.Starting)
                Note(status == InstanceStatus.Healthy ? InstanceChangeKind.Healthy : InstanceChangeKind.Unhealthy, why);
        }
        supervisor.Report();
    }

    private void Heard(OutputLine line)
    {
        if (supervisor.Abandoned.IsCancellationRequested) return;
        if (!string.IsNullOrWhiteSpace(line.Text)) Volatile.Write(ref _lastLine, line.Text);
        supervisor.Output?.Invoke(line);
    }

    private void Become(InstanceStatus status, string? why)
    {
        if (_status != status) _since = supervisor.Time.GetUtcNow();
        _status = status;
        _why = why;
        supervisor.Move();
    }

    private void Note(InstanceChangeKind kind, string text) =>
        supervisor.Note(new InstanceChange(kind, id, supervisor.Host, _run, supervisor.Time.GetUtcNow(), text));

    private static async Task<string?> NeverAsync(CancellationToken cancellationToken)
    {
        var never = new Signal<string?>();
        await using (cancellationToken.Register(() => never.Give(null))) return await never.GivenAsync();
    }
}
