using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>What all handlers of one dispatcher share.</summary>
internal sealed class DispatchScope(
    IEventBus bus, IHandlerJournal journal, TimeProvider time, Random random, Invariants invariants,
    CancellationToken stopping, IEventStore? store = null)
{
    private const int ErrorCharactersMax = 16_384;
    private readonly Lock _gate = new();
    private readonly List<TaskCompletionSource> _idle = [];
    private int _open;
    private Exception? _fault;

    public IEventBus Bus { get; } = bus;

    public TimeProvider Time { get; } = time;

    public Invariants Invariants { get; } = invariants;

    /// <summary>What outlives the program; null when nothing does.</summary>
    public IEventStore? Store { get; } = store;

    /// <summary>Where bodies run: the one who started the dispatcher decides; null for the thread pool.</summary>
    public SynchronizationContext? Context { get; set; }

    /// <summary>Cancelled when the host stops.</summary>
    public CancellationToken Stopping { get; } = stopping;

    /// <summary>An event has been accepted by a handler.</summary>
    public void Opened() => Interlocked.Increment(ref _open);

    /// <summary>A handler is done with an event.</summary>
    public void Closed()
    {
        if (Interlocked.Decrement(ref _open) == 0) Signal();
    }

    /// <summary>Something that must not happen did; it is thrown to the next who waits for the dispatcher.</summary>
    public void Report(Exception fault)
    {
        lock (_gate) _fault ??= fault;
        Signal(always: true);
    }

    public void ThrowIfFaulted()
    {
        lock (_gate)
            if (_fault is not null) throw new InvalidOperationException($"The handlers cannot go on: {_fault.Message}", _fault);
    }

    /// <summary>Ends when no handler has anything to do, or something that must not happen did.</summary>
    public async Task IdleAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource idle;
        lock (_gate)
        {
            if (_fault is not null || Volatile.Read(ref _open) == 0) return;
            _idle.Add(idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        // Not Task.WaitAsync: behind a source that completes asynchronously it goes by way of the thread pool, out of the simulation.
        await using var giveUp = cancellationToken.UnsafeRegister(
            static (idle, token) => ((TaskCompletionSource)idle!).TrySetCanceled(token), idle);
        await idle.Task;
    }

    public TimeSpan RetryDelay(Backoff backoff, int repetition)
    {
        lock (random) return backoff.Delay(repetition, random);
    }

    public void Started(HandlerRecord record)
    {
        try
        {
            journal.Started(record);
        }
        catch (Exception fault)
        {
            Report(fault);
        }
    }

    public void Finished(HandlerRecord record)
    {
        try
        {
            journal.Finished(record.Error is { Length: > ErrorCharactersMax } error
                ? record with { Error = error[..ErrorCharactersMax] }
                : record);
        }
        catch (Exception fault)
        {
            Report(fault);
        }
    }

    /// <summary>Gives the asker of a query what came of it; an asker that is gone, or takes no such answer, is nobody's fault.</summary>
    public async Task RespondAsync(IQueryResponder responder, AttemptEnd end)
    {
        var failure = end.Message ?? "";
        try
        {
            if (end.Answer is not null)
            {
                try
                {
                    await responder.AnswerAsync(end.Answer, CancellationToken.None);
                    return;
                }
                catch (ProblemException refused)
                {
                    failure = refused.Message;
                }
            }
            await responder.FailAsync(failure, CancellationToken.None);
        }
        catch (Exception error) when (error is EventBusClosedException or OperationCanceledException or IOException or ProblemException)
        {
            // The asker reports this host as silent.
        }
        catch (Exception fault)
        {
            Report(fault);
        }
    }

    /// <summary>Writes down, once and for all, that a handler is done with an event.</summary>
    public void Settle(string handler, HandlerWork work, HandlerOutcome outcome)
    {
        try
        {
            if (work.IsClaimed) Store!.Done(handler, work.Id, outcome);
            if (!work.IsPutOff) work.Settlement?.Settle();
        }
        catch (IOException)
        {
            // It counts as unfinished after a restart. The store of a disk that refuses also refuses the next event, whose record says why.
        }
    }

    public async Task DeclineAsync(IQueryResponder responder)
    {
        try
        {
            await responder.DeclineAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is EventBusClosedException or OperationCanceledException or IOException or ProblemException)
        {
            // The asker reports this host as silent.
        }
        catch (Exception fault)
        {
            Report(fault);
        }
    }

    private void Signal(bool always = false)
    {
        lock (_gate)
        {
            if (!always && Volatile.Read(ref _open) != 0) return;
            foreach (var idle in _idle) idle.TrySetResult();
            _idle.Clear();
        }
    }
}
