namespace Flotilla.Events.Serf;

/// <summary>Lets one loop rest until a time is over or somebody has something for it. For use from many threads.</summary>
internal sealed class Pulse(TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _resting;
    private bool _wanted;

    /// <summary>Ends the rest, or the next one when there is none.</summary>
    public void Kick()
    {
        lock (_gate)
        {
            _wanted = true;
            _resting?.TrySetResult();
        }
    }

    public async Task RestAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        TaskCompletionSource resting;
        lock (_gate)
        {
            if (_wanted)
            {
                _wanted = false;
                cancellationToken.ThrowIfCancellationRequested();
                return;
            }
            resting = _resting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        await using var limit = time.CreateTimer(
            static resting => ((TaskCompletionSource)resting!).TrySetResult(), resting, atMost, Timeout.InfiniteTimeSpan);
        await using var giveUp = cancellationToken.UnsafeRegister(
            static (resting, token) => ((TaskCompletionSource)resting!).TrySetCanceled(token), resting);
        try
        {
            await resting.Task;
        }
        finally
        {
            lock (_gate)
            {
                _resting = null;
                _wanted = false;
            }
        }
    }
}
