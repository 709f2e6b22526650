namespace Flotilla.Events;

/// <summary>Lets one loop sleep until somebody has something for it, or a time has come.</summary>
internal sealed class Wake(TimeProvider time)
{
    /// <summary>Timers take no more than 49 days, and who wakes early sleeps again.</summary>
    private static readonly TimeSpan SleepMax = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private TaskCompletionSource? _sleeper;
    private bool _signalled;

    public void Signal()
    {
        TaskCompletionSource? sleeper;
        lock (_gate)
        {
            if (_sleeper is null) _signalled = true;
            sleeper = _sleeper;
            _sleeper = null;
        }
        sleeper?.TrySetResult();
    }

    /// <param name="limit">Null to sleep until somebody signals.</param>
    public async Task SleepAsync(TimeSpan? limit)
    {
        TaskCompletionSource sleeper;
        lock (_gate)
        {
            if (_signalled || limit <= TimeSpan.Zero)
            {
                _signalled = false;
                return;
            }
            _sleeper = sleeper = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        if (limit is not { } due)
        {
            await sleeper.Task;
            return;
        }
        // A timer that rounds down would make the loop look too early, again and again.
        var ticks = due < SleepMax ? TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds)) : SleepMax;
        await using var timer = time.CreateTimer(static wake => ((Wake)wake!).Signal(), this, ticks, Timeout.InfiniteTimeSpan);
        await sleeper.Task;
    }
}
