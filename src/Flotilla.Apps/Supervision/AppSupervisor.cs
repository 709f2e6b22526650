using Flotilla.Core;

namespace Flotilla.Apps;

/// <summary>
/// Keeps the instances of one app on one host running: starts them, asks after their health, starts them again with
/// growing delays when they end, and stops them.
/// </summary>
/// <remarks>
/// Every slot has its own loop, so that a slow stop of one does not hold up another. All members may be called from any
/// thread; changes are handed over one at a time, in the order in which they happened.
/// </remarks>
public sealed class AppSupervisor : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, InstanceLoop> _loops = [];
    private readonly SortedDictionary<int, int> _runs = [];
    private readonly Queue<InstanceChange> _changes = new();
    private readonly Action<InstanceChange> _changed;
    private readonly CancellationTokenSource _abandoned = new();
    private SortedSet<int> _wanted = [];
    private Signal<bool> _moved = new();
    private Exception? _fault;
    private bool _reporting;
    private bool _awaited;

    /// <summary>A supervisor that runs nothing until <see cref="SetSlotsAsync"/>.</summary>
    /// <param name="app">What to run.</param>
    /// <param name="host">The host's name.</param>
    /// <param name="engine">What runs it; the caller disposes of it, after the supervisor.</param>
    /// <param name="time">The clock of all delays.</param>
    /// <param name="random">Spreads the delays.</param>
    /// <param name="invariants">Is told what must never be.</param>
    /// <param name="changed">Gets every change, in order. It must not block.</param>
    /// <param name="output">Gets every line of output. It must not block.</param>
    /// <param name="environment">Asked before every start for variables to set after those of the app.</param>
    public AppSupervisor(
        AppDescription app,
        string host,
        IEngine engine,
        TimeProvider time,
        Random random,
        Invariants invariants,
        Action<InstanceChange> changed,
        Action<OutputLine>? output = null,
        Func<IReadOnlyList<KeyValuePair<string, string>>>? environment = null)
    {
        App = app;
        Host = host;
        Engine = engine;
        Time = time;
        Random = random;
        Invariants = invariants;
        _changed = changed;
        Output = output;
        Environment = environment ?? (static () => []);
    }

    /// <summary>What it runs.</summary>
    public AppDescription App { get; }

    /// <summary>Where it runs it.</summary>
    public string Host { get; }

    /// <summary>Every instance that is here, by slot; none after <see cref="Abandon"/>.</summary>
    public IReadOnlyList<InstanceSnapshot> Instances
    {
        get
        {
            lock (_gate) return Snapshots();
        }
    }

    internal IEngine Engine { get; }

    internal TimeProvider Time { get; }

    internal Random Random { get; }

    internal Invariants Invariants { get; }

    internal Action<OutputLine>? Output { get; }

    internal Func<IReadOnlyList<KeyValuePair<string, string>>> Environment { get; }

    internal Lock Gate => _gate;

    internal CancellationToken Abandoned => _abandoned.Token;

    /// <summary>The run of an instance that is live here, or null.</summary>
    public IInstance? Running(InstanceId id)
    {
        lock (_gate) return id.App == App.Name && _loops.TryGetValue(id.Slot, out var loop) ? loop.Live : null;
    }

    /// <summary>Says which slots this host runs. Missing ones are started and surplus ones stopped.</summary>
    /// <returns>When all stops are done and all starts are issued.</returns>
    /// <param name="slots">Distinct, counted from 0.</param>
    /// <param name="cancellationToken">Ends the waiting, not the stopping.</param>
    public async Task SetSlotsAsync(IReadOnlyList<int> slots, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(slots);
        cancellationToken.ThrowIfCancellationRequested();
        var wanted = new SortedSet<int>(slots);
        if (wanted.Count != slots.Count) throw new ArgumentException("A slot is given twice.", nameof(slots));
        if (wanted.Count > 0 && wanted.Min < 0) throw new ArgumentException("Slots are counted from 0.", nameof(slots));
        var stops = new List<Task>();
        var starts = new List<InstanceLoop>();
        lock (_gate)
        {
            ThrowIfFailed();
            if (_abandoned.IsCancellationRequested) return;
            _wanted = wanted;
            foreach (var (slot, loop) in _loops)
            {
                if (!wanted.Contains(slot)) loop.RequestStop();
                if (loop.IsStopRequested) stops.Add(loop.StoppedAsync());
            }
            foreach (var slot in wanted)
            {
                if (_loops.ContainsKey(slot)) continue;
                var loop = new InstanceLoop(this, new InstanceId(App.Name, slot));
                _loops.Add(slot, loop);
                starts.Add(loop);
            }
        }
        foreach (var loop in starts) _ = loop.RunAsync();
        await Task.WhenAll(stops).WaitAsync(cancellationToken);
        ThrowIfFailed();
    }

    /// <summary>Stops one instance and starts it at once, without delay.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="why">The reason, for people; it goes into the changes.</param>
    /// <param name="cancellationToken">Ends the waiting, not the restart.</param>
    /// <returns>When the new run has been started, or could not be; false if the slot is not here.</returns>
    public async Task<bool> RestartAsync(InstanceId id, string why, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task<bool> restarted;
        lock (_gate)
        {
            ThrowIfFailed();
            if (id.App != App.Name || _abandoned.IsCancellationRequested) return false;
            if (!_loops.TryGetValue(id.Slot, out var loop) || !_wanted.Contains(id.Slot)) return false;
            restarted = loop.RequestRestart(why);
        }
        return await restarted.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Restarts all instances one by one: the next only after the one before is up again, or has had the grace of its health
    /// check (without one: the time after which it would count as stable) and is not.
    /// </summary>
    public async Task RestartAllAsync(string why, CancellationToken cancellationToken)
    {
        var patience = App.Health?.Grace ?? App.Restart.StableAfter;
        foreach (var id in Instances.Select(instance => instance.Id).ToList())
        {
            if (!await RestartAsync(id, why, cancellationToken)) continue;
            using var limit = new CancellationTokenSource(patience, Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await WaitForAsync(all => all.FirstOrDefault(instance => instance.Id == id) is not { IsUp: false }, both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // It had its time; one instance that does not come up must not hold up the others for ever.
            }
        }
    }

    /// <summary>Stops everything. <see cref="SetSlotsAsync"/> may start it again.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => SetSlotsAsync([], cancellationToken);

    /// <summary>The host has died: nothing is stopped, nothing is reported any more, and nothing is here.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            if (_abandoned.IsCancellationRequested) return;
            _changes.Clear();
            _wanted = [];
        }
        _abandoned.Cancel();
        lock (_gate)
        {
            foreach (var loop in _loops.Values) loop.Release();
            _loops.Clear();
            Move();
        }
    }

    /// <summary>Waits until the instances are as wanted; it looks at them now and after every change.</summary>
    public async Task WaitForAsync(Func<IReadOnlyList<InstanceSnapshot>, bool> condition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(condition);
        while (true)
        {
            IReadOnlyList<InstanceSnapshot> instances;
            Task moved;
            lock (_gate)
            {
                ThrowIfFailed();
                instances = Snapshots();
                moved = _moved.GivenAsync();
                _awaited = true;
            }
            if (condition(instances)) return;
            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Stops everything that was not abandoned.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_abandoned.IsCancellationRequested) await StopAsync(CancellationToken.None);
    }

    /// <summary>Takes the next run number of a slot, or ends its loop when it is not wanted here any more. Call it under the gate.</summary>
    internal int? BeginRun(InstanceLoop loop)
    {
        var slot = loop.Id.Slot;
        if (_abandoned.IsCancellationRequested || _fault is not null || !_wanted.Contains(slot))
        {
            if (_loops.TryGetValue(slot, out var current) && current == loop) _loops.Remove(slot);
            Move();
            return null;
        }
        var live = _loops.Values.Count(other => other.Live is not null && !other.IsStopRequested);
        Invariants.Require(_loops[slot] == loop, $"{loop.Id} on {Host} is started by one loop only");
        Invariants.Require(live < _wanted.Count, $"{Host} runs no more instances of {App.Name} than the {_wanted.Count} it is asked for");
        return _runs[slot] = _runs.GetValueOrDefault(slot) + 1;
    }

    /// <summary>Notes a change that is reported by the next <see cref="Report"/>. Call it under the gate.</summary>
    internal void Note(InstanceChange change)
    {
        if (!_abandoned.IsCancellationRequested) _changes.Enqueue(change);
        Move();
    }

    /// <summary>Lets those who wait look again. Call it under the gate.</summary>
    internal void Move()
    {
        if (!_awaited) return;
        _awaited = false;
        _moved.Give(true);
        _moved = new Signal<bool>();
    }

    /// <summary>Hands over what was noted. Call it outside the gate: what is called may call back.</summary>
    internal void Report()
    {
        while (true)
        {
            InstanceChange? change;
            lock (_gate)
            {
                if (_reporting || !_changes.TryDequeue(out change)) return;
                _reporting = true;
            }
            try
            {
                _changed(change);
            }
            catch (Exception e)
            {
                Fail(e);
            }
            finally
            {
                lock (_gate) _reporting = false;
            }
        }
    }

    /// <summary>A bug ended a loop, or the receiver of changes threw: the next call throws it.</summary>
    internal void Fail(Exception fault)
    {
        lock (_gate)
        {
            _fault ??= fault;
            Move();
        }
    }

    private List<InstanceSnapshot> Snapshots() => [.. _loops.Values.Select(loop => loop.Snapshot())];

    private void ThrowIfFailed()
    {
        if (_fault is { } fault) throw new InvalidOperationException($"The supervisor of {App.Name} on {Host} has failed: {fault.Message}", fault);
    }
}
