namespace Flotilla.Events;

/// <summary>Keeps the latest records in memory.</summary>
public sealed class MemoryJournal : IHandlerJournal
{
    private readonly Lock _gate = new();
    private readonly HandlerRecord[] _ring;
    private readonly long[] _counts = new long[Enum.GetValues<HandlerOutcome>().Length];
    private long _written;

    /// <summary>A journal of the latest <paramref name="capacity"/> records, begins and ends counted apart.</summary>
    public MemoryJournal(int capacity = 10_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _ring = new HandlerRecord[capacity];
    }

    /// <summary>The records that are kept, begins and ends, in the order in which they came.</summary>
    public IReadOnlyList<HandlerRecord> Records
    {
        get
        {
            lock (_gate)
            {
                var kept = (int)Math.Min(_written, _ring.Length);
                var records = new HandlerRecord[kept];
                for (var i = 0; i < kept; i++) records[i] = _ring[(_written - kept + i) % _ring.Length];
                return records;
            }
        }
    }

    /// <summary>The attempts among <see cref="Records"/> that have ended, and the events that were dropped.</summary>
    public IReadOnlyList<HandlerRecord> Runs => [.. Records.Where(record => record.Outcome != HandlerOutcome.Started)];

    /// <summary>How many records of an outcome have come since the beginning, those no longer kept included.</summary>
    public long Count(HandlerOutcome outcome)
    {
        lock (_gate) return _counts[(int)outcome];
    }

    /// <inheritdoc/>
    public void Started(HandlerRecord record) => Add(record);

    /// <inheritdoc/>
    public void Finished(HandlerRecord record) => Add(record);

    private void Add(HandlerRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        lock (_gate)
        {
            _ring[_written++ % _ring.Length] = record;
            _counts[(int)record.Outcome]++;
        }
    }
}
