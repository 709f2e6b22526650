using System.Diagnostics.CodeAnalysis;

namespace Flotilla.Events;

/// <summary>
/// What waits for one handler, and the pumps that work it off: at most <see cref="HandlerOptions.Concurrency"/> at a time, events with
/// one key one after the other.
/// </summary>
internal sealed class HandlerQueue(HandlerRegistration registration, DispatchScope scope)
{
    /// <summary>
    /// More than the queue limit that holds by default, so that a repeated event meets the memory of its first
    /// coming.
    /// </summary>
    private const int IdsRemembered = 16_384;

    private readonly Lock _gate = new();
    private readonly Queue<HandlerWork> _ready = new();
    private readonly Dictionary<string, Queue<HandlerWork>?> _keys = new(StringComparer.Ordinal);
    private readonly RecentIds _ids = new(IdsRemembered);
    private readonly Stack<HandlerPump> _resting = new();
    private readonly List<HandlerPump> _busy = [];
    private int _waiting;
    private long _dropped;
    private bool _stopped;

    public HandlerRegistration Registration { get; } = registration;

    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes an event in, once, and sees that somebody works on it.</summary>
    public void Offer(FleetEvent @event, string id, string text, IQueryResponder? responder, Settlement? settlement = null)
    {
        string? key = null;
        if (Registration.Options.SerialBy is { } serialBy)
        {
            try
            {
                key = serialBy(@event) ?? throw new InvalidOperationException("SerialBy returned null.");
            }
            catch (Exception error)
            {
                Reject(@event, id, text, responder, HandlerOutcome.Failed, $"SerialBy of handler {Registration.Name} threw: {error}");
                settlement?.Settle();
                return;
            }
        }
        HandlerPump? pump = null;
        var full = false;
        lock (_gate)
        {
            if (_stopped || _ids.Contains(id)) return;
            if (settlement is null && _waiting >= Registration.Options.QueueLimit)
            {
                full = true;
            }
            else
            {
                _ids.Add(id);
                _waiting++;
                scope.Opened();
                Enqueue(new HandlerWork(@event, id, text, responder, key, scope.Time.GetTimestamp(), settlement));
                pump = TakeRestingPump();
            }
        }
        if (full)
        {
            Interlocked.Increment(ref _dropped);
            Reject(@event, id, text, responder, HandlerOutcome.Dropped,
                $"{Registration.Options.QueueLimit:N0} events were waiting for handler {Registration.Name}, which is its limit.");
        }
        pump?.Start(null, null);
    }

    /// <summary>True when an event of this id has come before.</summary>
    public bool Knows(string id)
    {
        lock (_gate) return _ids.Contains(id);
    }

    /// <summary>The next event for a pump, or false, and then the pump rests.</summary>
    public bool TryTake(HandlerPump pump, [NotNullWhen(true)] out HandlerWork? work)
    {
        lock (_gate)
        {
            if (_ready.TryDequeue(out work))
            {
                _waiting--;
                return true;
            }
            pump.Rest();
            _busy.Remove(pump);
            _resting.Push(pump);
            return false;
        }
    }

    /// <summary>Notes that a first attempt begins.</summary>
    public void Begin(HandlerWork work)
    {
        bool first;
        int busy;
        lock (_gate)
        {
            first = _ids.Begin(work.Id);
            busy = _busy.Count;
        }
        scope.Invariants.Require(first, $"handler {Registration.Name} on {scope.Bus.Self.Name} handled {work.Id} twice");
        scope.Invariants.Require(
            busy <= Registration.Options.Concurrency,
            $"handler {Registration.Name} on {scope.Bus.Self.Name} ran {busy} times at once");
    }

    /// <summary>A handler is done with an event; the next with its key may go on.</summary>
    public void Done(HandlerWork work)
    {
        HandlerPump? pump = null;
        if (work.Key is { } key)
        {
            lock (_gate)
            {
                if (_keys[key] is { Count: > 0 } others)
                {
                    _ready.Enqueue(others.Dequeue());
                    pump = TakeRestingPump();
                }
                else
                {
                    _keys.Remove(key);
                }
            }
        }
        scope.Closed();
        pump?.Start(null, null);
    }

    /// <summary>Another pump takes over from one whose body does not come back.</summary>
    public void Replace(HandlerPump stuck, HandlerWork work, AttemptEnd end)
    {
        HandlerPump successor;
        lock (_gate)
        {
            if (!_busy.Remove(stuck)) return;
            successor = new HandlerPump(this, scope);
            _busy.Add(successor);
        }
        successor.Start(work, end);
    }

    /// <summary>A pump that broke no longer counts.</summary>
    public void Discard(HandlerPump pump, HandlerWork? work)
    {
        lock (_gate) _busy.Remove(pump);
        if (work is not null) Done(work);
    }

    /// <summary>Takes nothing more in, cancels what waits and what runs.</summary>
    public void Stop()
    {
        List<HandlerWork> waiting = [];
        HandlerPump[] busy;
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
            waiting.AddRange(_ready);
            foreach (var (key, others) in _keys.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                if (others is null) continue;
                waiting.AddRange(others);
                others.Clear();
            }
            _ready.Clear();
            _waiting = 0;
            busy = [.. _busy];
        }
        foreach (var work in waiting.OrderBy(work => work.Arrived))
        {
            Reject(
                work.Event, work.Id, work.Text, work.Responder, HandlerOutcome.Cancelled, "The host stopped before it began.", work.Arrived);
            scope.Closed();
        }
        foreach (var pump in busy) pump.Cancel();
    }

    /// <summary>Gives up what still runs, and lets go of the timers.</summary>
    public void Abandon()
    {
        HandlerPump[] busy;
        lock (_gate) busy = [.. _busy];
        foreach (var pump in busy) pump.GiveUp();
        lock (_gate)
            foreach (var pump in _resting) pump.Dispose();
    }

    private void Enqueue(HandlerWork work)
    {
        if (work.Key is not { } key || _keys.TryAdd(key, null)) _ready.Enqueue(work);
        else (_keys[key] ??= new Queue<HandlerWork>()).Enqueue(work);
    }

    private HandlerPump? TakeRestingPump()
    {
        if (_ready.Count == 0 || _busy.Count >= Registration.Options.Concurrency) return null;
        var pump = _resting.TryPop(out var rested) ? rested : new HandlerPump(this, scope);
        _busy.Add(pump);
        return pump;
    }

    /// <summary>Writes down that an event was not handled, and tells its asker.</summary>
    private void Reject(
        FleetEvent @event, string id, string text, IQueryResponder? responder, HandlerOutcome outcome, string why, long? arrived = null)
    {
        var waited = arrived is { } since ? scope.Time.GetElapsedTime(since) : TimeSpan.Zero;
        scope.Finished(new HandlerRecord(
            id, text, Registration.Name, scope.Bus.Self.Name, scope.Time.GetUtcNow(), TimeSpan.Zero, waited, 0, outcome, null, why));
        if (responder is not null) _ = scope.RespondAsync(responder, new AttemptEnd(outcome, null, why));
    }
}
