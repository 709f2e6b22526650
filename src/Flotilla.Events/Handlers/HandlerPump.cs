using System.Diagnostics.CodeAnalysis;

namespace Flotilla.Events;

/// <summary>
/// Runs one handler on one event after the other. When a body does not end in time, even after its token was cancelled,
/// another pump takes over, and this one ends with the body, whatever comes of it.
/// </summary>
internal sealed class HandlerPump : IDisposable
{
    /// <summary>How long a body may take to end after its token was cancelled, before it is given up.</summary>
    public static readonly TimeSpan UnwindLimit = TimeSpan.FromMilliseconds(100);

    /// <summary>What is written down of an event that is not run again.</summary>
    public const string UnfinishedText =
        "It had begun when the host stopped, and nobody knows how far it came. It is not run again, because its options do not allow that.";

    private const int ResultCharactersMax = 4096;

    /// <summary>Timers take no more than 49 days; a tick before the time is up starts the next.</summary>
    private static readonly TimeSpan TickMax = TimeSpan.FromDays(1);

    private readonly HandlerQueue _queue;
    private readonly DispatchScope _scope;
    private readonly ITimer _timer;
    private readonly TimeSpan _limit;
    private volatile Attempt? _current;

    public HandlerPump(HandlerQueue queue, DispatchScope scope)
    {
        _queue = queue;
        _scope = scope;
        _limit = queue.Registration.Options.TimeoutOrDefault;
        _timer = scope.Time.CreateTimer(
            static pump => ((HandlerPump)pump!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to work, on the context of the dispatcher and never on the caller's stack.</summary>
    /// <param name="work">An event whose latest attempt another pump gave up; null to begin with the queue.</param>
    /// <param name="end">How that attempt ended.</param>
    public void Start(HandlerWork? work, AttemptEnd? end)
    {
        var ambient = SynchronizationContext.Current;
        // What the sender of one event carries in its execution context is no business of the events that this pump handles.
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        SynchronizationContext.SetSynchronizationContext(_scope.Context);
        try
        {
            _ = RunAsync(work, end);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(ambient);
            flow?.Undo();
        }
    }

    /// <summary>Nothing is left to do: no more ticks.</summary>
    public void Rest()
    {
        _current = null;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The host stops: whatever runs is asked to end.</summary>
    public void Cancel() => _current?.Cancel(HandlerOutcome.Cancelled);

    /// <summary>The host has waited long enough for what runs.</summary>
    public void GiveUp()
    {
        if (_current is { } attempt && attempt.TrySettle())
        {
            var end = WriteEnd(attempt, HandlerOutcome.Cancelled, null, "The host stopped, and it went on although it was cancelled.");
            if (attempt.Work.Responder is { } responder) _ = _scope.RespondAsync(responder, end);
            _queue.Discard(this, attempt.Work);
        }
        Dispose();
    }

    public void Dispose() => _timer.Dispose();

    private async Task RunAsync(HandlerWork? work, AttemptEnd? end)
    {
        await Task.Yield();
        try
        {
            while (work is not null || _queue.TryTake(this, out work))
            {
                if (end is null) end = await AttemptAsync(work);
                if (end is null)
                {
                    Dispose();
                    return;
                }
                if (!await IsToBeRepeatedAsync(work, end))
                {
                    if (IsFinal(work, end)) _scope.Settle(_queue.Registration.Name, work, end.Outcome);
                    if (work.Responder is not null) await _scope.RespondAsync(work.Responder, end);
                    _queue.Done(work);
                    work = null;
                }
                end = null;
            }
        }
        catch (Exception fault)
        {
            _scope.Report(fault);
            _queue.Discard(this, work);
            Dispose();
        }
    }

    /// <summary>
    /// Runs the body once; null when it was given up meanwhile, and then this pump is no longer in charge.
    /// </summary>
    private async Task<AttemptEnd?> AttemptAsync(HandlerWork work)
    {
        if (work.Attempt++ == 0) _queue.Begin(work);
        var registration = _queue.Registration;
        var attempt = new Attempt(work, _scope, registration);
        _current = attempt;
        if (_scope.Stopping.IsCancellationRequested && attempt.TrySettle())
            return WriteEnd(attempt, HandlerOutcome.Cancelled, null, "The host stopped before it began.");
        if (Refusal(attempt) is { } refusal) return refusal;
        _scope.Started(attempt.Begun);
        if (_limit != Timeout.InfiniteTimeSpan) _timer.Change(_limit < TickMax ? _limit : TickMax, Timeout.InfiniteTimeSpan);
        EventPayload? answer = null;
        string? result = null;
        Exception? error = null;
        try
        {
            var returned = await registration.Body(work.Event, attempt.Run, attempt.Token);
            answer = EventPayload.FromResult(returned);
            if (work.Responder is not null) EventLimits.CheckPayload("the answer", answer);
            if (returned is not null) result = Cut(answer.Text);
        }
        catch (Exception thrown)
        {
            error = thrown;
        }
        if (!attempt.TrySettle()) return null;
        _current = null;
        if (error is null) return WriteEnd(attempt, HandlerOutcome.Completed, result, null, answer);
        if (attempt.CancelledAs is { } cancelled && error is OperationCanceledException)
        {
            var why = cancelled == HandlerOutcome.TimedOut ? TooLong() : "The host stopped before it ended.";
            return WriteEnd(attempt, cancelled, null, why);
        }
        return WriteEnd(attempt, HandlerOutcome.Failed, null, error.ToString(), message: $"{error.GetType().Name}: {error.Message}");
    }

    /// <summary>
    /// Asks the store, where it counts, whether the handler may begin with an event; null when it may, otherwise how the
    /// attempt ends before it begins.
    /// </summary>
    private AttemptEnd? Refusal(Attempt attempt)
    {
        var (work, registration) = (attempt.Work, _queue.Registration);
        if (work.IsClaimed || _scope.Store is not { } store || (work.Settlement is null && !registration.Options.ExactlyOnce)) return null;
        try
        {
            var claim = store.Begin(registration.Name, work.Id, _scope.Time.GetUtcNow());
            work.IsClaimed = claim != EventClaim.Done;
            work.IsPutOff = false;
            if (claim == EventClaim.New || (claim == EventClaim.Unfinished && registration.Options.RunsAgain)) return null;
            attempt.TrySettle();
            _current = null;
            return claim == EventClaim.Done
                ? new AttemptEnd(HandlerOutcome.Completed, EventPayload.Empty, null)
                : WriteEnd(attempt, HandlerOutcome.Unfinished, null, UnfinishedText);
        }
        catch (IOException error)
        {
            work.IsPutOff = true;
            attempt.TrySettle();
            _current = null;
            return WriteEnd(attempt, HandlerOutcome.Failed, null,
                $"It cannot be written down that it begins, so it did not begin: {error.Message}");
        }
    }

    /// <summary>False when the host stops and the event is left to the next start.</summary>
    private bool IsFinal(HandlerWork work, AttemptEnd end) => end.Outcome switch
    {
        HandlerOutcome.Cancelled => false,
        HandlerOutcome.Failed or HandlerOutcome.TimedOut => work.Attempt >= _queue.Registration.Options.Attempts,
        _ => true,
    };

    private async Task<bool> IsToBeRepeatedAsync(HandlerWork work, AttemptEnd end)
    {
        var options = _queue.Registration.Options;
        if (end.Outcome is not (HandlerOutcome.Failed or HandlerOutcome.TimedOut) || work.Attempt >= options.Attempts) return false;
        try
        {
            var delay = _scope.RetryDelay(options.RetryAfterOrDefault, work.Attempt - 1);
            await Task.Delay(delay, _scope.Time, _scope.Stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void OnTimer()
    {
        if (_current is not { } attempt) return;
        var left = attempt.Deadline(_limit) - _scope.Time.GetElapsedTime(attempt.Began);
        if (left > TimeSpan.Zero)
        {
            // The tick of an earlier attempt, of a long limit, or of a clock that runs a little ahead.
            var next = left < TickMax ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : TickMax;
            _timer.Change(next, Timeout.InfiniteTimeSpan);
        }
        else if (attempt.CancelledAs is not { } cancelled)
        {
            _timer.Change(UnwindLimit, Timeout.InfiniteTimeSpan);
            attempt.Cancel(HandlerOutcome.TimedOut);
        }
        else if (attempt.TrySettle())
        {
            var end = WriteEnd(attempt, cancelled, null, TooLong() + " It went on although it was cancelled, and was given up.");
            _queue.Replace(this, attempt.Work, end);
        }
    }

    private string TooLong() => $"It did not end within {_limit.TotalSeconds:0.###} s.";

    private AttemptEnd WriteEnd(
        Attempt attempt, HandlerOutcome outcome, string? result, string? error, EventPayload? answer = null, string? message = null)
    {
        _scope.Finished(attempt.Begun with
        {
            Took = _scope.Time.GetElapsedTime(attempt.Began),
            Outcome = outcome,
            Result = result,
            Error = error,
        });
        var told = outcome == HandlerOutcome.Completed ? null : $"Handler {_queue.Registration.Name}: {message ?? error}";
        return new AttemptEnd(outcome, answer, told);
    }

    private static string Cut(string text) => text.Length <= ResultCharactersMax ? text : text[..ResultCharactersMax];

    /// <summary>One run of the body.</summary>
    [SuppressMessage("Design", "CA1001", Justification =
        "The source has no timer and no handle; a body that was given up may use its token at any later time.")]
    private sealed class Attempt
    {
        private readonly CancellationTokenSource _cancellation = new();
        private int _settled;
        private int _cancelledAs;

        public Attempt(HandlerWork work, DispatchScope scope, HandlerRegistration registration)
        {
            Work = work;
            Began = scope.Time.GetTimestamp();
            var self = scope.Bus.Self;
            var at = scope.Time.GetUtcNow();
            Run = new HandlerRun(registration.Name, self, work.Attempt, at, registration.Options.TimeoutOrDefault);
            Begun = new HandlerRecord(
                work.Id, work.Text, registration.Name, self.Name, at, TimeSpan.Zero, scope.Time.GetElapsedTime(work.Arrived, Began),
                work.Attempt, HandlerOutcome.Started, null, null);
        }

        public HandlerWork Work { get; }

        public long Began { get; }

        public HandlerRun Run { get; }

        public HandlerRecord Begun { get; }

        public CancellationToken Token => _cancellation.Token;

        /// <summary>Why its token was cancelled, or null.</summary>
        public HandlerOutcome? CancelledAs => Volatile.Read(ref _cancelledAs) is var reason and not 0 ? (HandlerOutcome)reason : null;

        /// <summary>When the next step against it is due, from its begin.</summary>
        public TimeSpan Deadline(TimeSpan limit) => CancelledAs is null ? limit : limit + UnwindLimit;

        /// <summary>True for the one who may write down how it ended.</summary>
        public bool TrySettle() => Interlocked.Exchange(ref _settled, 1) == 0;

        public void Cancel(HandlerOutcome reason)
        {
            if (Interlocked.CompareExchange(ref _cancelledAs, (int)reason, 0) != 0) return;
            try
            {
                _cancellation.Cancel();
            }
            catch (AggregateException)
            {
                // A callback that the body registered threw; the body itself is told by its token all the same.
            }
        }
    }
}
