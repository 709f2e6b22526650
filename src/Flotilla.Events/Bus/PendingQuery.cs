namespace Flotilla.Events;

/// <summary>A query whose answers are awaited: who is yet to speak, and what has been said.</summary>
internal sealed class PendingQuery(IEnumerable<string> addressed, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _begin = time.GetTimestamp();
    private readonly SortedSet<string> _awaited = new(addressed, StringComparer.Ordinal);
    private readonly SortedSet<string> _silent = new(StringComparer.Ordinal);
    private readonly List<QueryAnswer> _answers = [];
    private readonly List<QueryFailure> _failures = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventBusClosedException? _aborted;

    public bool Answer(string member, EventPayload payload) => Settle(member, () => _answers.Add(new QueryAnswer(member, payload)));

    public bool Fail(string member, string message) => Settle(member, () => _failures.Add(new QueryFailure(member, message)));

    /// <summary>The member has nothing to say, or died.</summary>
    public bool Decline(string member) => Settle(member, () => _silent.Add(member));

    /// <summary>The asker itself is gone.</summary>
    public void Abort(EventBusClosedException reason)
    {
        lock (_gate)
        {
            _aborted = reason;
            _awaited.Clear();
        }
        _ended.TrySetResult();
    }

    /// <summary>
    /// Waits for everybody, at most for the timeout, and returns what was said by then; nothing counts afterwards.
    /// </summary>
    public async Task<QueryResult> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        // Not Task.WaitAsync: behind a source that completes asynchronously it goes by way of the thread pool, out of the simulation.
        await using var limit = time.CreateTimer(
            static ended => ((TaskCompletionSource)ended!).TrySetResult(), _ended, timeout, Timeout.InfiniteTimeSpan);
        await using var giveUp = cancellationToken.UnsafeRegister(
            static (ended, token) => ((TaskCompletionSource)ended!).TrySetCanceled(token), _ended);
        await _ended.Task;
        lock (_gate)
        {
            if (_aborted is not null) throw _aborted;
            _silent.UnionWith(_awaited);
            _awaited.Clear();
            return new QueryResult(
                [.. _answers.OrderBy(answer => answer.Member, StringComparer.Ordinal)],
                [.. _failures.OrderBy(failure => failure.Member, StringComparer.Ordinal)],
                [.. _silent],
                time.GetElapsedTime(_begin));
        }
    }

    private bool Settle(string member, Action note)
    {
        lock (_gate)
        {
            if (!_awaited.Remove(member)) return false;
            note();
            if (_awaited.Count == 0) _ended.TrySetResult();
            return true;
        }
    }
}

/// <summary>Checks an answer, then hands it to what knows the way to the asker.</summary>
internal abstract class QueryResponder : IQueryResponder
{
    public ValueTask<bool> AnswerAsync(EventPayload answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answer);
        cancellationToken.ThrowIfCancellationRequested();
        EventLimits.CheckPayload("the answer", answer);
        return new(Answer(answer));
    }

    public ValueTask<bool> FailAsync(string message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        return new(Fail(message.Length <= EventLimits.FailureCharactersMax ? message : message[..EventLimits.FailureCharactersMax]));
    }

    public ValueTask<bool> DeclineAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Decline());
    }

    protected abstract bool Answer(EventPayload answer);

    protected abstract bool Fail(string message);

    protected abstract bool Decline();
}
