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
    private readonly Func<string, Member?> _memberByName;
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
    /// <exception cref="ProblemException">Two handlers of one name, or options that make no sense: all mistakes at once.</exception>
    public HandlerDispatcher(
        IEventBus bus, IReadOnlyList<HandlerRegistration> handlers, IHandlerJournal journal, TimeProvider time, Random random,
        Invariants invariants)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(handlers);
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(invariants);
        Problem[] problems = [.. Mistakes(handlers)];
        if (problems.Length > 0) throw new ProblemException(problems);
        _scope = new DispatchScope(bus, journal, time, random, invariants, _stopping.Token);
        _queues = [.. handlers.Select(handler => new HandlerQueue(handler, _scope))];
        _memberByName = name => bus.Members.FirstOrDefault(member => member.Name == name);
    }

    /// <summary>How many events found a full queue.</summary>
    public long Dropped => _queues.Sum(queue => queue.Dropped);

    /// <summary>Listens to the bus from now on.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start()
    {
        lock (_gate)
        {
            if (_started || _stopped) throw new InvalidOperationException("A dispatcher starts once.");
            _started = true;
        }
        _scope.Context = SynchronizationContext.Current;
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
        var self = _scope.Bus.Self;
        HandlerRegistration[] fitting =
            [.. _queues.Select(queue => queue.Registration).Where(handler => handler.Filter.Matches(@event, self, _memberByName))];
        return Array.Exists(fitting, handler => !handler.Filter.IsDefault)
            ? Array.FindAll(fitting, handler => !handler.Filter.IsDefault)
            : fitting;
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
        var respond = delivery.Respond;
        if (!Offer(delivery.Event, ref respond, defaults: false)) Offer(delivery.Event, ref respond, defaults: true);
        if (respond is not null) _ = _scope.DeclineAsync(respond);
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

    private static IEnumerable<Problem> Mistakes(IReadOnlyList<HandlerRegistration> handlers)
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
            foreach (var problem in handler.Options.Check(handler.Name, handler.Declared)) yield return problem;
        }
    }
}
