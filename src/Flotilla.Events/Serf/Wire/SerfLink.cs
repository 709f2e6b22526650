using System.Buffers;
using Flotilla.Core;
using Flotilla.MessagePack;

namespace Flotilla.Events.Serf;

/// <summary>
/// One connection to an agent: requests go out in the order in which they are made, replies come back by their numbers.
/// For use from many threads.
/// </summary>
/// <remarks>
/// The protocol has no frames: a reply is a header map that may be followed by a body map, and only who knows the request can tell.
/// Therefore a request stays known until its reply has come, also when nobody waits for it any more, and the reader takes everything
/// at once and never waits for a consumer.
/// </remarks>
internal sealed class SerfLink : IAsyncDisposable
{
    private const int UnsentBytesMax = 64 << 20;

    private readonly Lock _gate = new();
    private readonly SerfAddress _address;
    private readonly Stream _stream;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SortedDictionary<ulong, SerfExchange> _exchanges = [];
    private readonly Signal<SerfConnectionException> _ended = new();
    private readonly FrameBuffer _received = new();
    private readonly Task _reading;
    private ArrayBufferWriter<byte> _unsent = new();
    private ArrayBufferWriter<byte> _sending = new();
    private bool _isSending;
    private ulong _seq;
    private (SerfExchange Exchange, ulong Seq, string Error)? _awaitsBody;
    private SerfConnectionException? _failure;

    public SerfLink(SerfAddress address, Stream stream)
    {
        _address = address;
        _stream = stream;
        _reading = ReadAsync();
    }

    /// <summary>Why the connection ended; null while it stands.</summary>
    public SerfConnectionException? Failure
    {
        get
        {
            lock (_gate) return _failure;
        }
    }

    /// <summary>Completes when the connection has ended.</summary>
    public Task<SerfConnectionException> EndedAsync() => _ended.GivenAsync();

    /// <summary>Sends a request and returns its number.</summary>
    /// <param name="command">The command of the protocol.</param>
    /// <param name="body">Writes the body; null for a command without one, which must not get an empty one either.</param>
    /// <param name="exchange">What takes the replies.</param>
    /// <exception cref="SerfConnectionException">The connection has ended, or the agent has stopped reading.</exception>
    public ulong Send(string command, Action<MessagePackWriter>? body, SerfExchange exchange)
    {
        ulong seq;
        lock (_gate)
        {
            if (_failure is not null) throw Again(_failure);
            if (_unsent.WrittenCount > UnsentBytesMax)
                throw new SerfConnectionException(_address, $"the agent has not read {UnsentBytesMax:N0} bytes of requests");
            seq = ++_seq;
            _exchanges.Add(seq, exchange);
            var writer = new MessagePackWriter(_unsent);
            writer.WriteMapHeader(2);
            writer.Write("Command");
            writer.Write(command);
            writer.Write("Seq");
            writer.Write(seq);
            body?.Invoke(writer);
            if (_isSending) return seq;
            _isSending = true;
        }
        _ = SendAsync();
        return seq;
    }

    /// <summary>Stops handing on what comes under the number of a stream; the agent may still send some.</summary>
    public void Ignore(ulong seq)
    {
        lock (_gate)
        {
            if (_exchanges.ContainsKey(seq)) _exchanges[seq] = SerfExchange.Ignoring;
        }
    }

    public async ValueTask DisposeAsync()
    {
        End(new SerfConnectionException(_address, "it was closed here"));
        // Another may be about to end it, and needs what is let go of below.
        await _ended.GivenAsync();
        await _reading;
        _stopping.Dispose();
    }

    /// <summary>Ends the connection; only the first reason counts.</summary>
    public void End(SerfConnectionException reason)
    {
        SerfExchange[] left;
        lock (_gate)
        {
            if (_failure is not null) return;
            _failure = reason;
            left = [.. _exchanges.Values];
            _exchanges.Clear();
        }
        _stopping.Cancel();
        _stream.Dispose();
        foreach (var exchange in left) exchange.Fail(reason);
        _ended.Give(reason);
    }

    /// <summary>Empties what is unsent, one write at a time.</summary>
    private async Task SendAsync()
    {
        try
        {
            while (TakeUnsent() is { } bytes) await _stream.WriteAsync(bytes, _stopping.Token);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            End(new SerfConnectionException(_address, "a request could not be sent", error));
        }
    }

    private ReadOnlyMemory<byte>? TakeUnsent()
    {
        lock (_gate)
        {
            (_unsent, _sending) = (_sending, _unsent);
            _unsent.ResetWrittenCount();
            if (_sending.WrittenCount > 0) return _sending.WrittenMemory;
            _isSending = false;
            return null;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var count = await _stream.ReadAsync(_received.Room(), _stopping.Token);
                if (count == 0) break;
                _received.Filled(count);
                while (_received.TryTake(out var value)) Accept(value);
            }
            var where = _received.IsBetweenValues ? "" : " in the middle of a message";
            End(new SerfConnectionException(_address, $"the agent closed it{where}"));
        }
        catch (MessagePackException error)
        {
            End(new SerfConnectionException(_address, $"what came is not Serf's protocol ({error.Message.TrimEnd('.')})", error));
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            var reason = error is IOException ? $"reading failed ({error.Message.TrimEnd('.')})" : "it was closed here";
            End(new SerfConnectionException(_address, reason, error));
        }
    }

    private void Accept(ReadOnlyMemory<byte> value)
    {
        if (_awaitsBody is { } awaiting)
        {
            _awaitsBody = null;
            Hand(awaiting.Exchange, awaiting.Seq, awaiting.Error, value);
            return;
        }
        var (error, seq) = SerfBodies.Header(value);
        SerfExchange? exchange;
        lock (_gate) exchange = _exchanges.GetValueOrDefault(seq);
        if (exchange is null) throw new MessagePackException($"A reply to request {seq}, which is not under way.");
        if (exchange.HasBody(error)) _awaitsBody = (exchange, seq, error);
        else Hand(exchange, seq, error, default);
    }

    private void Hand(SerfExchange exchange, ulong seq, string error, ReadOnlyMemory<byte> body)
    {
        if (!exchange.Accept(error, body)) return;
        lock (_gate) _exchanges.Remove(seq);
    }

    private static SerfConnectionException Again(SerfConnectionException failure) => new(failure.Agent, failure.Reason, failure);
}
