using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Flotilla.Events.Serf;

/// <summary>
/// Records as the agent sends them, kept for a consumer that reads at its own pace. For one consumer at a time.
/// </summary>
/// <remarks>
/// The connection is read whether or not the consumer keeps up. When it lags behind by the stream's capacity, the newest records are
/// dropped until half of the kept ones are read; a <see cref="SerfGapRecord"/> stands where they are missing.
/// </remarks>
public sealed class SerfStream : IAsyncEnumerable<SerfRecord>, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly int _capacity;
    private readonly Channel<SerfRecord> _records;
    private readonly LamportWatch? _watch;
    private readonly ITimer? _lossTimer;
    private readonly bool _isDurable;
    private Func<Task>? _stop;
    private bool _isEnded;
    private long _dropped;
    private DateTimeOffset _droppedSince;

    /// <param name="capacity">How many records are kept.</param>
    /// <param name="time">Stamps gaps.</param>
    /// <param name="lossGrace">After which missing Lamport times count as lost; null when they tell nothing.</param>
    /// <param name="isDurable">Whether the stream outlives a connection.</param>
    internal SerfStream(int capacity, TimeProvider time, TimeSpan? lossGrace = null, bool isDurable = false)
    {
        _time = time;
        _isDurable = isDurable;
        // At least two, so that a gap and what comes after it find room together.
        _capacity = Math.Max(capacity, 2);
        _records = Channel.CreateBounded<SerfRecord>(_capacity);
        if (lossGrace is not { } grace) return;
        _watch = new LamportWatch(grace);
        _lossTimer = time.CreateTimer(static stream => ((SerfStream)stream!).TellLoss(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for a record. False when the stream has ended and everything was read.</summary>
    /// <exception cref="SerfConnectionException">The connection has ended, and everything before that was read.</exception>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_dropped > 0) return new(true);
        }
        return _records.Reader.WaitToReadAsync(cancellationToken);
    }

    /// <summary>Takes the next record if there is one.</summary>
    public bool TryRead([NotNullWhen(true)] out SerfRecord? record)
    {
        lock (_gate)
        {
            if (_records.Reader.TryRead(out record)) return true;
            if (_dropped == 0) return false;
            record = TakeGap();
            return true;
        }
    }

    /// <summary>All records to the end of the stream.</summary>
    /// <param name="cancellationToken">Stops waiting; the stream can be read on.</param>
    /// <exception cref="SerfConnectionException">The connection has ended, and everything before that was read.</exception>
    public async IAsyncEnumerator<SerfRecord> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await WaitToReadAsync(cancellationToken))
            while (TryRead(out var record)) yield return record;
    }

    /// <summary>Ends the stream; the agent is told to send no more.</summary>
    public async ValueTask DisposeAsync()
    {
        End(null);
        Func<Task>? stop;
        lock (_gate) (stop, _stop) = (_stop, null);
        if (stop is not null) await stop();
    }

    /// <summary>True when nothing more comes.</summary>
    internal bool IsEnded
    {
        get
        {
            lock (_gate) return _isEnded;
        }
    }

    /// <summary>What is done when nobody wants the stream any more.</summary>
    internal void OnDispose(Func<Task> stop)
    {
        lock (_gate) _stop = stop;
    }

    internal void Push(SerfRecord record)
    {
        lock (_gate)
        {
            Add(record);
            if (_watch is null) return;
            switch (record)
            {
                case SerfUserRecord user: Tell(_watch.Note(user.LamportTime, _time.GetUtcNow())); break;
                // The agent may be a new one, whose times have nothing to do with those before.
                case SerfGapRecord { Cause: SerfGapCause.Disconnected }: _watch.Restart(); break;
            }
        }
    }

    /// <summary>Nothing more comes; what is kept can still be read.</summary>
    internal void End(Exception? reason)
    {
        lock (_gate)
        {
            if (_isEnded) return;
            _isEnded = true;
            _lossTimer?.Dispose();
            _records.Writer.TryComplete(reason);
        }
    }

    /// <summary>Nothing more comes from this connection; a durable stream waits for the next one.</summary>
    internal void Interrupt(SerfConnectionException? reason)
    {
        if (!_isDurable) End(reason);
    }

    private void Add(SerfRecord record)
    {
        if (_isEnded) return;
        if (_dropped > 0)
        {
            if (_records.Reader.Count > _capacity / 2)
            {
                _dropped++;
                return;
            }
            _records.Writer.TryWrite(TakeGap());
        }
        if (_records.Writer.TryWrite(record)) return;
        _dropped = 1;
        _droppedSince = _time.GetUtcNow();
    }

    private SerfGapRecord TakeGap()
    {
        var gap = new SerfGapRecord(SerfGapCause.SlowConsumer, _dropped, _droppedSince, _time.GetUtcNow());
        _dropped = 0;
        return gap;
    }

    private void TellLoss()
    {
        lock (_gate) Tell(_watch!.Expired(_time.GetUtcNow()));
    }

    private void Tell((long Lost, DateTimeOffset Since) loss)
    {
        if (loss.Lost > 0) Add(new SerfGapRecord(SerfGapCause.NotReceived, loss.Lost, loss.Since, _time.GetUtcNow()));
        if (_isEnded || _watch!.NextLoss is not { } next) return;
        var wait = next - _time.GetUtcNow();
        _lossTimer!.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
