namespace Flotilla.Core.Simulated;

/// <summary>
/// Owns time, order and chance of a simulation: one thread runs every continuation in the order in which it became
/// ready; time moves only when nothing else can run; one seed decides all randomness. Two runs with one seed are equal.
/// </summary>
/// <remarks>
/// Code under simulation must not leave it: no thread pool, no <c>ConfigureAwait(false)</c>, no timers but
/// <see cref="Clock"/>. A continuation that comes back from another thread fails the run with
/// <see cref="SimulationEscapedException"/>.
/// </remarks>
public sealed class SimulatedWorld
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly SimulatedClock _clock;
    private readonly Context _context;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private string? _escape;

    /// <summary>A world at the given time (2000-01-01T00:00:00Z unless given), owned by the calling thread.</summary>
    public SimulatedWorld(int seed, DateTimeOffset? start = null)
    {
        Seed = seed;
        Random = new Random(seed);
        _context = new Context(this);
        _clock = new SimulatedClock(start ?? new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>Decides everything that is left to chance.</summary>
    public int Seed { get; }

    /// <summary>The only source of randomness in this world.</summary>
    public Random Random { get; }

    /// <summary>The only clock of this world.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>Virtual time since the start.</summary>
    public TimeSpan Elapsed => new(_clock.ElapsedTicks);

    /// <summary>How many continuations and timers have run.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs <paramref name="body"/> to its end in virtual time and returns its result.</summary>
    /// <param name="body">Started at once, on the calling thread.</param>
    /// <param name="limit">Virtual time after which <see cref="SimulationStuckException"/> is thrown; a day unless given.</param>
    /// <param name="cancellationToken">Abandons the world between two steps.</param>
    public T Run<T>(Func<Task<T>> body, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("A simulated world runs on the thread that made it.");
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            var limitTicks = _clock.ElapsedTicks + (limit ?? TimeSpan.FromDays(1)).Ticks;
            var task = body();
            while (!task.IsCompleted)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Step(limitTicks);
            }
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Func<Task> body, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        Run(async () =>
        {
            await body();
            return true;
        }, limit, cancellationToken);

    private void Step(long limitTicks)
    {
        if (_escape is not null) throw new SimulationEscapedException(Seed, _escape);
        if (_ready.TryDequeue(out var item))
        {
            Steps++;
            item.Callback(item.State);
        }
        else if (_clock.Advance(limitTicks))
        {
            Steps++;
        }
        else
        {
            // What escaped may still be on its way back: a short real wait tells a leak from a deadlock.
            if (SpinWait.SpinUntil(() => _escape is not null, millisecondsTimeout: 500)) return;
            throw new SimulationStuckException(Seed, Elapsed);
        }
    }

    private sealed class Context(SimulatedWorld world) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            if (Environment.CurrentManagedThreadId == world._thread) world._ready.Enqueue((d, state));
            else world._escape ??= Environment.StackTrace;
        }

        public override void Send(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;
    }
}

/// <summary>Nothing can run any more, or the limit of virtual time has passed, and the simulated work has not ended.</summary>
public sealed class SimulationStuckException(int seed, TimeSpan elapsed)
    : Exception($"The simulation (seed {seed}) is stuck after {elapsed} of virtual time: it waits for something that never happens.");

/// <summary>Code under simulation ran on another thread, so that the run could not be repeated.</summary>
public sealed class SimulationEscapedException(int seed, string stack)
    : Exception($"In the simulation (seed {seed}) a continuation came back from another thread. Something reached around the " +
                $"simulated world: a file or socket, Task.Run, a timer without TimeProvider, or ConfigureAwait(false).\n{stack}");
