namespace Flotilla.Events.Serf;

/// <summary>
/// Bounds how many of the own events are on their way through the agent: it drops, without a word, what does not fit into the 512
/// places that it has for each stream. An event has made its way when it comes back on the own stream. For use from many threads.
/// </summary>
/// <remarks>Some never come back; when none has for a while, all count as lost, and sending goes on.</remarks>
internal sealed class SendWindow(int size, TimeSpan patience, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _under;
    private long _progress = time.GetTimestamp();

    /// <summary>Waits for a place, and takes it.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource waiter;
            lock (_gate)
            {
                if (_under < size)
                {
                    _under++;
                    return;
                }
                if (time.GetElapsedTime(_progress) >= patience)
                {
                    _under = 1;
                    Progress();
                    return;
                }
                _waiting.Enqueue(waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            await using var limit = time.CreateTimer(
                static waiter => ((TaskCompletionSource)waiter!).TrySetResult(), waiter, patience, Timeout.InfiniteTimeSpan);
            await using var giveUp = cancellationToken.UnsafeRegister(
                static (waiter, token) => ((TaskCompletionSource)waiter!).TrySetCanceled(token), waiter);
            await waiter.Task;
        }
    }

    /// <summary>One has come back.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_under > 0) _under--;
            Progress();
        }
    }

    /// <summary>Call it under the lock.</summary>
    private void Progress()
    {
        _progress = time.GetTimestamp();
        for (var places = size - _under; places > 0 && _waiting.TryDequeue(out var waiter); places--) waiter.TrySetResult();
    }
}
