using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>
/// Runs the handlers of one host on what its bus delivers. Each handler has its own queue, so that a slow one delays no other.
/// </summary>
/// <remarks>
/// An event with one id is handled once by each handler, as long as the id is among the last 16,384 of that handler. All handlers
/// that fit a query run; the first of them, in the order of registration, whose filter names queries answers it, and what the others
/// return is only written down. A query that no such handler fits is declined, so that the asker does not wait for this host.
/// Bodies run on the <see cref="SynchronizationContext"/> on which <see cref="Start"/> was called, without one on the thread pool.
/// </remarks>
public sealed class HandlerDispatcher : IAsyncDisposable
{
    /// <summary>How long a host that stops waits for bodies that were cancelled.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly DispatchScope _scope;
    private readonly HandlerQueue[] _queues;
    private readonly bool _hasExactlyOnce;
    private readonly Func<string, Member?> _memberByName;
    private readonly IEventStore? _store;
    private IDisposable? _subscription;
    private bool _started;
    private bool _stopped;

    /// <summary>A dispatcher that does nothing until <see cref="Start"/>.</summary>
    /// <param name="bus">Where events come from. It stays the caller's to dispose of.</param>
    /// <param name="handlers">In the order in which they are asked.</param>
    /// <param name="journal">Where it is written down what they did.</param>
    /// <param name="time">Times and stamps the runs.</param>
    /// <param name="random">Spreads the delays between attempts; locked while in use.</param>
    /// <param name="invariants">Told when an event is handled twice.</param>
    /// <param name="store">
    /// What the host remembers of its events over a restart; null when nothing. It stays the caller's to dispose of.
    /// </param>
    /// <exception cref="ProblemException">Two handlers of one name, one that is to run exactly once without a store, or options that make no sense: all mistakes at once.</exception>
    public HandlerDispatcher(
        IEventBus bus, IReadOnlyList<HandlerRegistration> handlers, IHandlerJournal journal, TimeProvider time, Random random,
        Invariants invariants, IEventStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(handlers);
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(invariants);
        Problem[] problems = [.. Mistakes(handlers, store)];
        if (problems.Length > 0) throw new ProblemException(problems);
        _scope = new DispatchScope(bus, journal, time, random, invariants, _stopping.Token, store);
        _store = store;
        _queues = [.. handlers.Select(handler => new HandlerQueue(handler, _scope))];
        _hasExactlyOnce = Array.Exists(_queues, queue => queue.Registration.Options.ExactlyOnce);
        _memberByName = name => bus.Members.FirstOrDefault(member => member.Name == name);
    }

    /// <summary>How many events found a full queue.</summary>
    public long Dropped => _queues.Sum(queue => queue.Dropped);

    /// <summary>
    /// Listens to the bus from now on, and first of all takes up what the store has of the time before.
    /// </summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start()
    {
        lock (_gate)
        {
            if (_started || _stopped) throw new InvalidOperationException("A dispatcher starts once.");
            _started = true;
        }
        _scope.Context = SynchronizationContext.Current;
        if (_store is not null) Replay(_store);
        var subscription = _scope.Bus.Subscribe(Receive);
        lock (_gate)
        {
            _subscription = subscription;
            if (!_stopped) return;
        }
        subscription.Dispose();
    }

    /// <summary>The handlers that run on an event, in the order of registration.</summary>
    public IReadOnlyList<HandlerRegistration> Matching(FleetEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return [.. Fitting(@event).Select(queue => queue.Registration)];
    }

    /// <summary>Ends when every queue is empty and nothing runs.</summary>
    /// <exception cref="InvalidOperationException">Something that must never happen did; the inner exception says what.</exception>
    public async Task IdleAsync(CancellationToken cancellationToken)
    {
        await _scope.IdleAsync(cancellationToken);
        _scope.ThrowIfFaulted();
    }

    /// <summary>
    /// Stops: nothing more is taken in, what waits and what runs is cancelled; bodies that go on are given up after
    /// 5 seconds.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something that must never happen did; the inner exception says what.</exception>
    public async ValueTask DisposeAsync()
    {
        IDisposable? subscription;
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
            subscription = _subscription;
        }
        subscription?.Dispose();
        _stopping.Cancel();
        foreach (var queue in _queues) queue.Stop();
        using (var limit = new CancellationTokenSource(StopLimit, _scope.Time))
        {
            try
            {
                await _scope.IdleAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                // What still runs is given up below.
            }
        }
        foreach (var queue in _queues) queue.Abandon();
        _stopping.Dispose();
        _scope.ThrowIfFaulted();
    }

    private void Receive(BusDelivery delivery)
    {
        if (_store is not null && delivery.Event is UserEvent received && TryTakeKept(_store, received, isReplayed: false)) return;
        var respond = delivery.Respond;
        if (!Offer(delivery.Event, ref respond, defaults: false)) Offer(delivery.Event, ref respond, defaults: true);
        if (respond is not null) _ = _scope.DeclineAsync(respond);
    }

    /// <summary>Takes in a user event that outlives the program; false when it is none.</summary>
    private bool TryTakeKept(IEventStore store, UserEvent received, bool isReplayed)
    {
        var isReliable = received.ReliableId is not null;
        if (!isReliable && !isReplayed && !_hasExactlyOnce) return false;
        var fitting = Fitting(received);
        if (!isReliable && !isReplayed && !Array.Exists(fitting, queue => queue.Registration.Options.ExactlyOnce)) return false;
        var id = received.Id;
        if (fitting.Length > 0 && Array.TrueForAll(fitting, queue => queue.Knows(id))) return true;
        try
        {
            if (fitting.Length == 0) store.Handled(id);
            else if (!isReliable && !isReplayed) store.Keep(received);
        }
        catch (IOException)
        {
            // It is handled all the same, and only not replayed after a crash.
        }
        var settlement = new Settlement(store, id, fitting.Length);
        var text = received.ToString();
        foreach (var queue in fitting) queue.Offer(received, id, text, null, settlement);
        return true;
    }

    /// <summary>Goes on with what the program before this one left, and says what cannot be gone on with.</summary>
    private void Replay(IEventStore store)
    {
        var unfinished = store.Unfinished();
        var waiting = store.Waiting();
        var ids = waiting.Select(received => received.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var run in unfinished.Where(run => !ids.Contains(run.EventId)))
        {
            store.Done(run.Handler, run.EventId, HandlerOutcome.Unfinished);
            _scope.Finished(new HandlerRecord(run.EventId, run.EventId, run.Handler, _scope.Bus.Self.Name, run.At, TimeSpan.Zero,
                TimeSpan.Zero, run.Begun, HandlerOutcome.Unfinished, null, HandlerPump.UnfinishedText));
        }
        foreach (var received in waiting) TryTakeKept(store, received, isReplayed: true);
    }

    private HandlerQueue[] Fitting(FleetEvent @event)
    {
        var self = _scope.Bus.Self;
        var fitting = Array.FindAll(_queues, queue => queue.Registration.Filter.Matches(@event, self, _memberByName));
        return Array.Exists(fitting, queue => !queue.Registration.Filter.IsDefault)
            ? Array.FindAll(fitting, queue => !queue.Registration.Filter.IsDefault)
            : fitting;
    }

    /// <summary>Gives an event to the handlers it fits; the first that answers queries takes the way to the asker.</summary>
    private bool Offer(FleetEvent @event, ref IQueryResponder? respond, bool defaults)
    {
        var self = _scope.Bus.Self;
        string? id = null, text = null;
        foreach (var queue in _queues)
        {
            var filter = queue.Registration.Filter;
            if (filter.IsDefault != defaults || !filter.Matches(@event, self, _memberByName)) continue;
            id ??= @event.Id;
            text ??= @event.ToString();
            var answers = filter.Answers ? respond : null;
            if (answers is not null) respond = null;
            queue.Offer(@event, id, text, answers);
        }
        return id is not null;
    }

    private static IEnumerable<Problem> Mistakes(IReadOnlyList<HandlerRegistration> handlers, IEventStore? store)
    {
        var names = new Dictionary<string, HandlerRegistration>(StringComparer.Ordinal);
        foreach (var handler in handlers)
        {
            if (handler.Name.Length == 0)
                yield return new Problem("A handler has no name.", handler.Declared, $"It is for {handler.Filter}.", "Give it one.");
            else if (!names.TryAdd(handler.Name, handler))
                yield return new Problem(
                    $"There are two handlers \"{handler.Name}\".", handler.Declared,
                    names[handler.Name].Declared is { } other ? $"The other one is at {other}." : null, "Give each its own name.");
            if (handler.Options.ExactlyOnce && store is null)
                yield return new Problem(
                    $"Handler \"{handler.Name}\" is to run exactly once, and nothing remembers what it has run.", handler.Declared,
                    "The dispatcher was given no store.", "Give it one, or leave out ExactlyOnce.");
            foreach (var problem in handler.Options.Check(handler.Name, handler.Declared)) yield return problem;
            foreach (var problem in handler.Filter.Check(handler.Name, handler.Declared)) yield return problem;
        }
    }
}
