namespace Flotilla.Core.Simulated;

/// <summary>The time of a <see cref="SimulatedWorld"/>: it stands still until nothing is left to run, then leaps to the next timer.</summary>
internal sealed class SimulatedClock(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(SimulatedTimer Timer, int Version), (long Ticks, long Sequence)> _due = new();
    private long _sequence;

    public long ElapsedTicks { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => start.AddTicks(ElapsedTicks);

    public override long GetTimestamp() => ElapsedTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next timer that is due by <paramref name="limitTicks"/> and runs it; false if there is none.</summary>
    public bool Advance(long limitTicks)
    {
        while (_due.TryPeek(out var entry, out var due))
        {
            if (entry.Version != entry.Timer.Version)
            {
                _due.Dequeue();
                continue;
            }
            if (due.Ticks > limitTicks) return false;
            _due.Dequeue();
            ElapsedTicks = Math.Max(ElapsedTicks, due.Ticks);
            entry.Timer.Fire();
            return true;
        }
        return false;
    }

    private void Schedule(SimulatedTimer timer, TimeSpan dueTime) =>
        _due.Enqueue((timer, timer.Version), (ElapsedTicks + Math.Max(0, dueTime.Ticks), ++_sequence));

    private sealed class SimulatedTimer(SimulatedClock clock, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        /// <summary>Counts changes: an entry of the queue with an older number has been overtaken.</summary>
        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan) clock.Schedule(this, dueTime);
            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero) clock.Schedule(this, _period);
            if (_context is null) callback(state);
            else ExecutionContext.Run(_context, static timer => ((SimulatedTimer)timer!).Call(), this);
        }

        private void Call() => callback(state);

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
