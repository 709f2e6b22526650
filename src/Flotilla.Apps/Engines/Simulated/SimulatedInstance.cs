using Flotilla.Core;
using Flotilla.Core.Http;

namespace Flotilla.Apps.Engines.Simulated;

/// <summary>One run of an instance in simulation. Models reach it to make it misbehave; a new run begins well again.</summary>
#pragma warning disable CA1001 // A token source without timer or wait handle holds nothing that disposing would free.
public sealed class SimulatedInstance : IInstance
#pragma warning restore CA1001
{
    private const int Killed = 9;
    private const int Terminated = 15;

    private readonly SimulatedEngine _engine;
    private readonly InstanceStart _start;
    private readonly SimulatedMetrics _metrics;
    private readonly List<IDisposable> _listeners = [];
    private readonly CancellationTokenSource _life = new();
    private readonly Signal<InstanceExit> _exited = new();
    private Signal<bool>? _resumed;
    private double _slowness = 1;
    private bool _healthy = true;
    private bool _vanished;

    internal SimulatedInstance(SimulatedEngine engine, InstanceStart start, IReadOnlyDictionary<string, Uri> endpoints)
    {
        _engine = engine;
        _start = start;
        _metrics = new SimulatedMetrics(start.App.Model.Metrics, Clock, Random);
        Endpoints = endpoints;
        Exited = _exited.GivenAsync();
    }

    /// <inheritdoc/>
    public InstanceId Id => _start.Id;

    /// <inheritdoc/>
    public int Run => _start.Run;

    /// <summary>Null: there are no processes in simulation.</summary>
    public int? ProcessId => null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Uri> Endpoints { get; }

    /// <inheritdoc/>
    public Task<InstanceExit> Exited { get; }

    /// <summary>What it is a run of.</summary>
    public AppDescription App => _start.App;

    /// <summary>The time of its world.</summary>
    public TimeProvider Clock => _engine.World.Clock;

    /// <summary>The randomness of its world.</summary>
    public Random Random => _engine.World.Random;

    /// <summary>True from the moment it listens until it ends.</summary>
    public bool IsReady { get; private set; }

    /// <summary>True while it answers nothing.</summary>
    public bool IsHung => _resumed is not null;

    internal bool IsLive => !_exited.IsGiven && !_vanished;

    /// <summary>Answers, and all durations it measures, take so many times as long; 1 is as usual.</summary>
    public void Slow(double factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(factor);
        _slowness = factor;
        _metrics.SetDurationFactor(factor);
    }

    /// <summary>It accepts connections and answers nothing until <see cref="ResumeAsync"/>.</summary>
    public void Hang() => _resumed ??= new Signal<bool>();

    /// <summary>It ends by itself with this exit code.</summary>
    public void Crash(int code = 1) => End(code, null);

    /// <summary>From now on its health check fails (status 503), or passes again.</summary>
    public void SetHealthy(bool healthy) => _healthy = healthy;

    /// <summary>Gives a gauge or histogram another mean, or a counter another rate a second.</summary>
    /// <exception cref="ArgumentException">The model has no such metric.</exception>
    public void Set(string metric, double value) => _metrics.Set(metric, value);

    /// <summary>Multiplies the mean of a gauge or histogram, or the rate of a counter; 1 is as usual.</summary>
    /// <exception cref="ArgumentException">The model has no such metric.</exception>
    public void Scale(string metric, double factor) => _metrics.Scale(metric, factor);

    /// <summary>Writes a line.</summary>
    public void Log(string text, bool isError = false) => _start.Output(new OutputLine(Id, isError, Clock.GetUtcNow(), text));

    /// <inheritdoc/>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (!IsLive) return;
        try
        {
            await ResumeAsync(cancellationToken);
            var (min, max) = App.Model.StopTime;
            var needed = App.Model.IsDeafToStop ? Timeout.InfiniteTimeSpan : Between(min, max);
            var obeys = needed != Timeout.InfiniteTimeSpan && needed <= grace;
            await Task.WhenAny(Exited, Clock.Delay(obeys ? needed : grace, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            End(null, obeys ? Terminated : Killed);
            await Exited;
        }
        catch (OperationCanceledException)
        {
            End(null, Killed);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (!IsLive) return;
        End(null, Killed);
        await Exited;
    }

    /// <inheritdoc/>
    public Task SuspendAsync(CancellationToken cancellationToken)
    {
        Hang();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ResumeAsync(CancellationToken cancellationToken)
    {
        var resumed = _resumed;
        _resumed = null;
        resumed?.Give(true);
        return Task.CompletedTask;
    }

    /// <summary>Lives from its start to the point where only others can end it.</summary>
    internal async Task LiveAsync()
    {
        var model = App.Model;
        try
        {
            await Task.Delay(Between(model.StartTime.Min, model.StartTime.Max), Clock, _life.Token);
            while (_resumed is { } resumed) await resumed.GivenAsync().WaitAsync(_life.Token);
            if (model.ExitCodeAtStart is { } code)
            {
                End(code, null);
                return;
            }
            foreach (var url in Endpoints.Values)
            {
                if (_engine.Http.IsTaken(url.Host, url.Port))
                {
                    Log($"cannot listen on port {url.Port}: address already in use", isError: true);
                    End(1, null);
                    return;
                }
                _listeners.Add(_engine.Http.Listen(url.Host, url.Port, ServeAsync));
            }
            IsReady = true;
            foreach (var line in model.Lines) Log(line);
            if (model.Crash is not { } crash) return;
            await Task.Delay(crash.After, Clock, _life.Token);
            End(crash.Code, null);
        }
        catch (OperationCanceledException) when (_life.IsCancellationRequested)
        {
            // It has ended, or its host has.
        }
    }

    /// <summary>Its host has failed: it is gone, and nobody is told.</summary>
    internal void Vanish()
    {
        _vanished = true;
        Close();
    }

    internal ProbeResult ProbeCommand(CommandHealthCheck check) =>
        !IsReady ? new(false, $"{check.Program}: exit code 1")
        : IsHung ? new(false, $"{check.Program}: no answer within {check.Timeout.TotalSeconds:0.###} s")
        : new(_healthy, $"{check.Program}: exit code {(_healthy ? 0 : 1)}");

    internal bool Fault(string name)
    {
        foreach (var (known, react) in App.Model.Faults)
        {
            if (known != name) continue;
            react(this);
            return true;
        }
        return false;
    }

    private async Task<HttpReply> ServeAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var delay = App.Model.ReplyTime * _slowness;
        if (delay > TimeSpan.Zero) await Task.Delay(delay, Clock, cancellationToken);
        while (_resumed is { } resumed) await resumed.GivenAsync().WaitAsync(cancellationToken);
        if (_vanished) await Task.Delay(Timeout.InfiniteTimeSpan, Clock, cancellationToken);
        var reply = IsLive ? Answer(call) : null;
        return reply ?? throw new HttpCallException($"{call.Method} {call.Url}: Connection reset by peer");
    }

    private HttpReply? Answer(HttpCall call)
    {
        if (App.Model.Responder?.Invoke(this, call) is { } own) return own;
        var path = call.Url.AbsolutePath;
        foreach (var (method, reactionPath, react) in App.Model.Reactions)
        {
            if (method != call.Method || reactionPath != path) continue;
            react(this, call);
            return IsLive ? new HttpReply(200, "ok\n") : null;
        }
        if (SwitchOf(call) is { } fault && Fault(fault.Name)) return IsLive ? new HttpReply(200, "ok\n") : null;
        if (call.Method != "GET") return new HttpReply(404, "not found\n");
        if (App.Health is HttpHealthCheck health && IsPath(health.Path, path))
            return _healthy ? new HttpReply(200, "ok\n") : new HttpReply(503, "unhealthy\n");
        return path switch
        {
            "/metrics" => new HttpReply(200, _metrics.Render()),
            "/" => new HttpReply(200, $"{Id}\n"),
            _ => new HttpReply(404, "not found\n"),
        };
    }

    private FaultSwitch? SwitchOf(HttpCall call)
    {
        foreach (var fault in App.Faults)
            if (fault.Call.Method == call.Method && IsPath(fault.Call.Path, call.Url.AbsolutePath)) return fault;
        return null;
    }

    private static bool IsPath(string pathAndQuery, string path)
    {
        var end = pathAndQuery.IndexOf('?');
        return pathAndQuery.AsSpan(0, end < 0 ? pathAndQuery.Length : end).SequenceEqual(path);
    }

    private TimeSpan Between(TimeSpan min, TimeSpan max) => min + (max - min) * Random.NextDouble();

    private void End(int? code, int? signal)
    {
        if (!IsLive) return;
        _exited.Give(new InstanceExit(code, signal, Clock.GetUtcNow()));
        Close();
        var resumed = _resumed;
        _resumed = null;
        resumed?.Give(true);
    }

    private void Close()
    {
        IsReady = false;
        foreach (var listener in _listeners) listener.Dispose();
        _listeners.Clear();
        _life.Cancel();
        _engine.Forget(this);
    }
}
