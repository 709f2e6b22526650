namespace Flotilla.Events.Serf;

/// <summary>Lets one after the other, in the order in which they came. For use from many threads.</summary>
internal sealed class Turns
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _taken;

    /// <summary>Waits for the turn, which ends when the result is disposed of.</summary>
    public async ValueTask<Turn> TakeAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (!_taken)
            {
                _taken = true;
                return new Turn(this);
            }
            _waiting.Enqueue(turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        await using var giveUp = cancellationToken.UnsafeRegister(
            static (turn, token) => ((TaskCompletionSource)turn!).TrySetCanceled(token), turn);
        await turn.Task;
        return new Turn(this);
    }

    private void End()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var next))
                if (next.TrySetResult()) return;
            _taken = false;
        }
    }

    internal readonly struct Turn(Turns owner) : IDisposable
    {
        public void Dispose() => owner.End();
    }
}
