namespace Flotilla.Events;

/// <summary>
/// Remembers events in memory: for simulation, where the store outlives its host as a disk does, and for programs that need nothing
/// to outlive them.
/// </summary>
/// <param name="incarnation">
/// <see cref="IEventStore.Incarnation"/>. A program that is to run again under the same name gives a new one each time.
/// </param>
public sealed class MemoryEventStore(string incarnation = "0") : IEventStore
{
    /// <summary>How many handlings that are done are remembered.</summary>
    private const int DoneMax = 100_000;

    private readonly Lock _gate = new();
    private readonly Queue<(string Handler, string EventId)> _done = new();
    private readonly Dictionary<(string Handler, string EventId), Run> _runs = [];
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Source> _sources = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, OutgoingEvent> _outgoing = [];
    private long _order;
    private long _number;
    private int _waiting;

    /// <inheritdoc/>
    public string Incarnation { get; } = incarnation;

    /// <inheritdoc/>
    public int WaitingCount
    {
        get
        {
            lock (_gate) return _waiting;
        }
    }

    /// <inheritdoc/>
    public EventClaim Begin(string handler, string eventId, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue((handler, eventId), out var run))
            {
                _runs.Add((handler, eventId), new Run(++_order, at, 1, IsDone: false));
                return EventClaim.New;
            }
            if (run.IsDone) return EventClaim.Done;
            _runs[(handler, eventId)] = run with { At = at, Begun = run.Begun + 1 };
            return EventClaim.Unfinished;
        }
    }

    /// <inheritdoc/>
    public void Done(string handler, string eventId, HandlerOutcome outcome)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue((handler, eventId), out var run) || run.IsDone) return;
            _runs[(handler, eventId)] = run with { IsDone = true };
            _done.Enqueue((handler, eventId));
            if (_done.Count > DoneMax) _runs.Remove(_done.Dequeue());
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<UnfinishedRun> Unfinished()
    {
        lock (_gate)
            return [.. _runs.Where(run => !run.Value.IsDone).OrderBy(run => run.Value.Order)
                .Select(run => new UnfinishedRun(run.Key.Handler, run.Key.EventId, run.Value.At, run.Value.Begun))];
    }

    /// <inheritdoc/>
    public void Keep(UserEvent received)
    {
        ArgumentNullException.ThrowIfNull(received);
        lock (_gate)
            if (_kept.TryAdd(received.Id, new Kept(received, ++_order))) _waiting++;
    }

    /// <inheritdoc/>
    public IReadOnlyList<UserEvent> Receive(string source, long floor, IReadOnlyList<NumberedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var news = new List<UserEvent>();
        lock (_gate)
        {
            if (!_sources.TryGetValue(source, out var known)) _sources.Add(source, known = new Source());
            foreach (var (number, received) in events)
            {
                if (number < known.Floor || !known.Numbers.Add(number)) continue;
                if (!_kept.TryAdd(received.Id, new Kept(received, ++_order))) continue;
                _waiting++;
                news.Add(received);
            }
            if (floor > known.Floor)
            {
                known.Floor = floor;
                known.Numbers.RemoveWhere(number => number < floor);
            }
        }
        return news;
    }

    /// <inheritdoc/>
    public void Handled(string eventId)
    {
        lock (_gate)
            if (_kept.Remove(eventId)) _waiting--;
    }

    /// <inheritdoc/>
    public IReadOnlyList<UserEvent> Waiting()
    {
        lock (_gate) return [.. _kept.Values.OrderBy(kept => kept.Order).Select(kept => kept.Event)];
    }

    /// <inheritdoc/>
    public OutgoingEvent Enqueue(
        string name, EventPayload payload, IReadOnlyList<string> targets, DateTimeOffset at, DateTimeOffset expiresAt)
    {
        lock (_gate)
        {
            var outgoing = new OutgoingEvent(++_number, name, payload, [.. targets.Order(StringComparer.Ordinal)], [], at, expiresAt);
            _outgoing.Add(outgoing.Number, outgoing);
            return outgoing;
        }
    }

    /// <inheritdoc/>
    public void Acknowledge(IReadOnlyList<long> numbers, string target)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        lock (_gate)
            foreach (var number in numbers)
                if (_outgoing.TryGetValue(number, out var outgoing) && outgoing.Targets.Contains(target) && !outgoing.Acknowledged.Contains(target))
                    _outgoing[number] = outgoing with { Acknowledged = [.. outgoing.Acknowledged.Append(target).Order(StringComparer.Ordinal)] };
    }

    /// <inheritdoc/>
    public void Tried(IReadOnlyList<long> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        lock (_gate)
            foreach (var number in numbers)
                if (_outgoing.TryGetValue(number, out var outgoing)) _outgoing[number] = outgoing with { Tries = outgoing.Tries + 1 };
    }

    /// <inheritdoc/>
    public void Close(IReadOnlyList<long> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        lock (_gate)
            foreach (var number in numbers) _outgoing.Remove(number);
    }

    /// <inheritdoc/>
    public IReadOnlyList<OutgoingEvent> Outgoing()
    {
        lock (_gate) return [.. _outgoing.Values];
    }

    /// <summary>Nothing happens: what is remembered stays.</summary>
    public void Dispose()
    {
    }

    private readonly record struct Run(long Order, DateTimeOffset At, int Begun, bool IsDone);

    private readonly record struct Kept(UserEvent Event, long Order);

    private sealed class Source
    {
        public long Floor { get; set; }

        public SortedSet<long> Numbers { get; } = [];
    }
}
