using Flotilla.Core;

namespace Flotilla.Events.Serf;

/// <summary>
/// The queries that this member was asked. A query that comes again, because its asker lacks the answer, is not delivered
/// again but answered again. For use from many threads.
/// </summary>
internal sealed class SerfAnswerer(string self, SerfBusOptions options, HybridClock clock, TimeProvider time, Action<BusDelivery> deliver)
{
    private const int AskedMax = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Origin, ulong LamportTime), Asked> _asked = [];
    private readonly Queue<(string Origin, ulong LamportTime)> _order = new();

    public async Task ReceiveAsync(SerfQueryRecord record, CancellationToken cancellationToken)
    {
        switch (SerfEnvelope.Read(record.Payload))
        {
            case null: Deliver(record); break;
            case SerfQueryMessage query: await ReceiveAsync(record, query, cancellationToken); break;
            case SerfPartRequest request: await ReceiveAsync(record, request, cancellationToken); break;
        }
    }

    /// <summary>Takes the whole of a query whose payload comes apart from it.</summary>
    public void ReceiveWhole(SerfQueryMessage whole)
    {
        lock (_gate)
        {
            var asked = Find(whole);
            if (asked.Event is not null) return;
            asked.Whole = whole;
            if (asked.Ways.Count == 0) return;
        }
        Deliver(whole, whole.Name ?? "");
    }

    private async Task ReceiveAsync(SerfQueryRecord record, SerfQueryMessage query, CancellationToken cancellationToken)
    {
        clock.Witness(query.LamportTime);
        ReadOnlyMemory<byte>? answer;
        SerfQueryMessage? whole;
        lock (_gate)
        {
            var asked = Find(query);
            asked.Ways.Add(record);
            answer = asked.Answer;
            whole = query.Payload is not null ? query : asked.Whole;
            if (answer is null && (whole is null || asked.Event is not null)) return;
        }
        if (answer is { } again) await SayAsync(record, again, cancellationToken);
        else Deliver(whole!, query.Name ?? record.Name);
    }

    private async Task ReceiveAsync(SerfQueryRecord record, SerfPartRequest request, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? answer;
        lock (_gate) answer = _asked.GetValueOrDefault((request.Origin, request.LamportTime))?.Answer;
        if (answer is not { } whole) return;
        var pieces = Cut(whole);
        if (request.Index >= pieces.Count) return;
        await TryRespondAsync(record, SerfEnvelope.Write(new SerfAnswerPart(request.Index, pieces.Count, pieces[request.Index])), cancellationToken);
    }

    /// <summary>A query of someone who is not Flotilla.</summary>
    private void Deliver(SerfQueryRecord record)
    {
        var now = time.GetUtcNow();
        deliver(new BusDelivery(
            new QueryEvent(record.Name, EventPayload.FromBytes(record.Payload.Span), "", now + Query.DefaultTimeout, record.LamportTime, now),
            new PlainResponder(record, options, self)));
    }

    private void Deliver(SerfQueryMessage query, string name)
    {
        Asked asked;
        QueryEvent @event;
        lock (_gate)
        {
            asked = Find(query);
            if (asked.Event is not null) return;
            asked.Event = @event = new QueryEvent(name, query.Payload!, query.Origin, query.At + query.Timeout, query.LamportTime, query.At);
            asked.Whole = null;
        }
        deliver(new BusDelivery(@event, new Responder(this, asked)));
    }

    /// <summary>Call it under the lock.</summary>
    private Asked Find(SerfQueryMessage query)
    {
        var key = (query.Origin, query.LamportTime);
        if (_asked.TryGetValue(key, out var asked)) return asked;
        var now = time.GetUtcNow();
        while (_order.TryPeek(out var oldest) && (_order.Count >= AskedMax || _asked[oldest].Until < now)) _asked.Remove(_order.Dequeue());
        // By the own clock: that of the asker may differ.
        _asked.Add(key, asked = new Asked(now + query.Timeout));
        _order.Enqueue(key);
        return asked;
    }

    private async ValueTask<bool> SayAsync(Asked asked, SerfMessage word, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var whole = SerfEnvelope.Write(word);
        SerfQueryRecord[] ways;
        lock (_gate)
        {
            if (asked.Answer is not null || time.GetUtcNow() > asked.Until) return false;
            asked.Answer = whole;
            ways = [.. asked.Ways];
        }
        var said = false;
        try
        {
            foreach (var way in ways) said |= await SayAsync(way, whole, cancellationToken);
        }
        catch (ProblemException) when (!said)
        {
            // The agent does not take this answer; it may take the word that there is none.
            lock (_gate) asked.Answer = null;
            throw;
        }
        return said;
    }

    private Task<bool> SayAsync(SerfQueryRecord way, ReadOnlyMemory<byte> whole, CancellationToken cancellationToken)
    {
        if (whole.Length <= SerfRoom.Answer(options, self)) return TryRespondAsync(way, whole, cancellationToken);
        var pieces = Cut(whole);
        return TryRespondAsync(way, SerfEnvelope.Write(new SerfAnswerPart(0, pieces.Count, pieces[0])), cancellationToken);
    }

    private List<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> whole) =>
        SerfEnvelope.Cut(whole, SerfRoom.Answer(options, self) - SerfEnvelope.AnswerPartOverhead);

    /// <summary>False when Serf no longer takes it.</summary>
    private static async Task<bool> TryRespondAsync(SerfQueryRecord way, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        try
        {
            await way.RespondAsync(payload, cancellationToken);
            return true;
        }
        catch (Exception error) when (error is SerfException or SerfConnectionException or SerfTimeoutException)
        {
            return false;
        }
    }

    /// <summary>A query, the ways back to its asker, and what was answered.</summary>
    private sealed class Asked(DateTimeOffset until)
    {
        public DateTimeOffset Until { get; } = until;

        /// <summary>One for each time that it came.</summary>
        public List<SerfQueryRecord> Ways { get; } = [];

        /// <summary>The query with its payload, before it is delivered.</summary>
        public SerfQueryMessage? Whole { get; set; }

        /// <summary>What was delivered.</summary>
        public QueryEvent? Event { get; set; }

        /// <summary>The encoded answer.</summary>
        public ReadOnlyMemory<byte>? Answer { get; set; }
    }

    private sealed class Responder(SerfAnswerer owner, Asked asked) : IQueryResponder
    {
        public ValueTask<bool> AnswerAsync(EventPayload answer, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(answer);
            EventLimits.CheckPayload("the answer", answer);
            return owner.SayAsync(asked, new SerfAnswerMessage(answer), cancellationToken);
        }

        public ValueTask<bool> FailAsync(string message, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(message);
            var cut = message.Length <= EventLimits.FailureCharactersMax ? message : message[..EventLimits.FailureCharactersMax];
            return owner.SayAsync(asked, new SerfFailureMessage(cut), cancellationToken);
        }

        public ValueTask<bool> DeclineAsync(CancellationToken cancellationToken) =>
            owner.SayAsync(asked, new SerfDeclineMessage(), cancellationToken);
    }

    /// <summary>Answers someone who is not Flotilla: with the bytes alone, and not at all in case of failure.</summary>
    private sealed class PlainResponder(SerfQueryRecord query, SerfBusOptions options, string self) : IQueryResponder
    {
        private int _spoken;

        public async ValueTask<bool> AnswerAsync(EventPayload answer, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(answer);
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.Length > SerfRoom.Answer(options, self))
                throw new ProblemException(new Problem(
                    $"The answer to the query \"{query.Name}\" is too large for Serf, from which it came.",
                    Why: $"It has {answer.Length:N0} bytes; the limit is {SerfRoom.Answer(options, self):N0}.",
                    Fix: "Answer less, or ask through Flotilla, which sends large answers in parts."));
            return IsFirst() && await TryRespondAsync(query, answer.Bytes, cancellationToken);
        }

        public ValueTask<bool> FailAsync(string message, CancellationToken cancellationToken) => DeclineAsync(cancellationToken);

        public ValueTask<bool> DeclineAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new(IsFirst());
        }

        private bool IsFirst() => Interlocked.Exchange(ref _spoken, 1) == 0;
    }
}
