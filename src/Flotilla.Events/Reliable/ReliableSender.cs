namespace Flotilla.Events;

/// <summary>Sends what is kept until it is acknowledged or expires: one loop decides what goes next, within the rate.</summary>
internal sealed class ReliableSender(IEventBus bus, IEventStore store, TimeProvider time, Random random, ReliableOptions options)
{
    private readonly Lock _gate = new();

    /// <summary>
    /// Held from the number of an event to its place in the queue: a message between the two would tell its receivers that no lower
    /// number is to come.
    /// </summary>
    private readonly Lock _numbering = new();
    private readonly OutgoingQueue _queue = new(store.Incarnation, options);
    private readonly Wake _wake = new(time);
    private readonly long _began = time.GetTimestamp();
    private readonly List<TaskCompletionSource<bool>> _idle = [];
    private TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay;
    private bool _stopped;
    private readonly SendingRate _rate = new(options.MessagesPerSecond);

    public int Count
    {
        get
        {
            lock (_gate) return _queue.Count;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <exception cref="IOException">The store did not keep it.</exception>
    public TaskCompletionSource<ReliableDelivery> Add(string name, EventPayload payload, IReadOnlyList<string> targets, TimeSpan expires)
    {
        Sending sending;
        lock (_numbering)
        {
            var now = time.GetUtcNow();
            var outgoing = store.Enqueue(name, payload, targets, now, now + expires);
            lock (_gate)
            {
                sending = _queue.Add(outgoing, Now, Now + expires);
                if (_stopped) sending.Done.TrySetException(Closed());
            }
        }
        _wake.Signal();
        return sending.Done;
    }

    /// <summary>Takes up what a program before this one did not bring to its end.</summary>
    public void Resume()
    {
        var complete = new List<Sending>();
        lock (_numbering)
        {
            var now = time.GetUtcNow();
            var before = store.Outgoing();
            lock (_gate)
            {
                foreach (var outgoing in before)
                {
                    if (_queue.Contains(outgoing.Number)) continue;
                    var expires = Now + (outgoing.ExpiresAt - now);
                    // The program before this one ended between the last acknowledgement and letting go of the event.
                    if (outgoing.Missing.Count == 0) complete.Add(new Sending(outgoing, Now, expires));
                    else _queue.Add(outgoing, Now, expires);
                }
            }
        }
        Finish(complete);
        _wake.Signal();
    }

    public void MemberChanged(MemberEvent change)
    {
        if (change.Change is not (MemberChange.Join or MemberChange.Update)) return;
        lock (_gate) _queue.Retry(change.Member.Name, Now);
        _wake.Signal();
    }

    /// <summary>Ends when nothing is to be sent any more.</summary>
    public TaskCompletionSource<bool> Idle()
    {
        var idle = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_queue.Count == 0) idle.TrySetResult(true);
            else if (_stopped) idle.TrySetException(Closed());
            else _idle.Add(idle);
        }
        return idle;
    }

    public void Stop()
    {
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
            foreach (var sending in _queue.All) sending.Done.TrySetException(Closed());
            foreach (var idle in _idle) idle.TrySetException(Closed());
            _idle.Clear();
            if (_underWay == 0) _drained.TrySetResult();
        }
        _wake.Signal();
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (true)
        {
            OutgoingMessage? message;
            List<Sending> expired;
            TimeSpan? sleep;
            lock (_gate)
            {
                if (_stopped) break;
                var now = Now;
                expired = _queue.TakeExpired(now);
                message = _rate.IsOpen(now, out var next) ? _queue.Next(now) : null;
                if (message is null)
                {
                    sleep = _queue.NextChange(now);
                    if (next is { } token && _queue.HasWork(now)) sleep = sleep is { } other && other < token ? other : token;
                }
                else
                {
                    _rate.Sent(CostOf(message), isLimiting: _queue.HasWork(now));
                    _underWay++;
                    sleep = TimeSpan.Zero;
                }
            }
            Finish(expired);
            if (message is not null) _ = TransmitAsync(message, stopping);
            else await _wake.SleepAsync(sleep);
        }
        await _drained.Task;
    }

    private EventBusClosedException Closed() => new(bus.Self.Name, "has stopped");

    /// <summary>What is larger than one message goes in pieces, and takes its time.</summary>
    private double CostOf(OutgoingMessage message) => Math.Max(1, (double)message.Payload.Length / options.MessageBytesMax);

    private async Task TransmitAsync(OutgoingMessage message, CancellationToken stopping)
    {
        string[] acknowledged = [];
        try
        {
            var timeout = options.AcknowledgeTimeout + TimeSpan.FromSeconds((CostOf(message) - 1) / SendingRate.Start);
            var result = await bus.QueryAsync(new Query(ReliableMessage.QueryName, message.Payload, timeout, Hosts: message.Targets), stopping);
            acknowledged = [.. result.Answers.Where(answer => answer.Payload.Equals(ReliableMessage.Acknowledged)).Select(answer => answer.Member)];
        }
        catch (EventBusClosedException)
        {
            Stop();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What it carried stays in the store.
        }
        catch (Exception error)
        {
            // Whatever keeps a message from travelling, it is tried again until it expires.
            options.Tell($"A message with {message.Numbers.Count} reliable events could not be sent: {error.Message}");
        }
        Settle(message, acknowledged);
    }

    private void Settle(OutgoingMessage message, string[] acknowledged)
    {
        try
        {
            Note(message, acknowledged);
        }
        finally
        {
            lock (_gate)
            {
                _underWay--;
                if (_stopped && _underWay == 0) _drained.TrySetResult();
            }
            _wake.Signal();
        }
    }

    private void Note(OutgoingMessage message, string[] acknowledged)
    {
        List<Sending> complete;
        var news = new List<(string Target, IReadOnlyList<long> Numbers)>();
        lock (_gate)
        {
            if (!message.IsRepeated) _rate.Settled(Now, message.SentAt, acknowledged.Length == message.Targets.Count);
            complete = _queue.Settle(message, acknowledged, news, Now, failures =>
            {
                lock (random) return options.Resend.Delay(failures, random);
            });
        }
        if (news.Count > 0)
            Write(() =>
            {
                foreach (var (target, numbers) in news) store.Acknowledge(numbers, target);
            });
        if (acknowledged.Length < message.Targets.Count) Write(() => store.Tried(message.Numbers));
        Finish(complete);
    }

    /// <summary>Lets go of events that all targets have acknowledged, or that came too late.</summary>
    private void Finish(List<Sending> ended)
    {
        if (ended.Count == 0) return;
        Write(() => store.Close([.. ended.Select(sending => sending.Event.Number)]));
        var source = ReliableMessage.SourceOf(bus.Self.Name, store.Incarnation);
        foreach (var sending in ended)
        {
            var delivery = new ReliableDelivery(
                ReliableMessage.IdOf(source, sending.Event.Number), sending.Event.Name,
                [.. sending.Event.Targets.Where(target => !sending.Pending.Contains(target))], [.. sending.Pending], Now - sending.Since);
            sending.Done.TrySetResult(delivery);
            Tell(delivery);
        }
        lock (_gate)
        {
            if (_queue.Count > 0) return;
            foreach (var idle in _idle) idle.TrySetResult(true);
            _idle.Clear();
        }
    }

    private void Tell(ReliableDelivery delivery)
    {
        try
        {
            options.Completed?.Invoke(delivery);
        }
        catch (Exception error)
        {
            options.Tell($"Who is told of deliveries threw {error.GetType().Name} at that of {delivery.Id}: {error.Message}");
        }
    }

    /// <summary>What the store does not take in here is sent once more after a restart, and then found to be a duplicate.</summary>
    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            options.Tell($"What came of reliable events could not be written down: {error.Message}");
        }
    }
}
