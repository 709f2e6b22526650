using Flotilla.Core;

namespace Flotilla.Events.Serf;

/// <content>What comes from the agent, and how it reaches the subscribers.</content>
public sealed partial class SerfBus
{
    private readonly Subscribers _subscribers = new();
    private readonly Queue<(BusDelivery Delivery, Subscribers.Subscription? Attach)> _inbox = new();
    private readonly PartAssembler _parts;
    private readonly RecentKeys _received = new(8192);
    private ITimer? _partsTimer;
    private bool _delivering;

    private void Start()
    {
        _partsTimer = _time.CreateTimer(static bus => ((SerfBus)bus!).ExpireParts(), this, _options.PartsTimeout, _options.PartsTimeout / 4);
        _connection.Returned += interruption => _ = RestoreAsync(interruption);
        _receiving = ReceiveAsync();
        _watching = WatchAsync();
    }

    private async Task ReceiveAsync()
    {
        while (await _stream.WaitToReadAsync(CancellationToken.None))
            while (_stream.TryRead(out var record)) Receive(record);
    }

    private void Receive(SerfRecord record)
    {
        switch (record)
        {
            case SerfUserRecord user: Receive(user); break;
            case SerfQueryRecord query: _ = AnswerAsync(query); break;
            case SerfMemberRecord: _membersWanted.Kick(); break;
            case SerfGapRecord gap: Receive(gap); break;
        }
    }

    private void Receive(SerfUserRecord user)
    {
        switch (SerfEnvelope.Read(user.Payload))
        {
            case null:
                Hand(new UserEvent(user.Name, EventPayload.FromBytes(user.Payload.Span), "", user.LamportTime, _time.GetUtcNow()));
                break;
            case SerfEventMessage sent:
                if (sent.Origin == _name) _onTheirWay.Leave();
                Receive(sent, user.Name);
                break;
            case SerfPartMessage part:
                if (part.Origin == _name) _onTheirWay.Leave();
                Receive(part);
                break;
            case SerfUnknownMessage:
                Report($"The event \"{user.Name}\" is in a form of Flotilla that this version does not know.");
                break;
        }
    }

    private void Receive(SerfEventMessage sent, string name)
    {
        _clock.Witness(sent.LamportTime);
        lock (_gate)
        {
            if (!_received.Add((sent.Origin, sent.LamportTime))) return;
        }
        Hand(new UserEvent(sent.Name ?? name, sent.Payload, sent.Origin, sent.LamportTime, sent.At));
    }

    private void Receive(SerfPartMessage part)
    {
        byte[]? whole;
        int lost;
        lock (_gate) whole = _parts.Add(part, _time.GetUtcNow(), out lost);
        TellLost(lost);
        switch (whole is null ? null : SerfEnvelope.Read(whole))
        {
            case SerfEventMessage sent: Receive(sent, SerfEnvelope.PartName); break;
            case SerfQueryMessage { Payload: not null } query: _answerer.ReceiveWhole(query); break;
        }
    }

    private void Receive(SerfGapRecord gap) => Hand(new GapEvent(
        gap.Cause switch
        {
            SerfGapCause.Disconnected => GapCause.Disconnected,
            SerfGapCause.SlowConsumer => GapCause.TooSlow,
            _ => GapCause.NotReceived,
        },
        gap.Lost, gap.From, _name, _clock.Tick().Time, gap.Until));

    private void ExpireParts()
    {
        int lost;
        DateTimeOffset? since;
        lock (_gate)
        {
            since = _parts.Oldest;
            lost = _parts.Expire(_time.GetUtcNow());
        }
        TellLost(lost, since);
    }

    private void TellLost(int lost, DateTimeOffset? since = null)
    {
        if (lost == 0) return;
        var now = _time.GetUtcNow();
        Hand(new GapEvent(GapCause.PartsMissing, lost, since ?? now, _name, _clock.Tick().Time, now));
    }

    private async Task AnswerAsync(SerfQueryRecord query)
    {
        try
        {
            await _answerer.ReceiveAsync(query, _stopping.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException) { }
        catch (ProblemException error)
        {
            Report($"The query \"{query.Name}\" could not be answered again: {error.Message}");
        }
    }

    /// <summary>Reads the list of members from time to time, and when something is said to have changed.</summary>
    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await _membersWanted.RestAsync(_options.MembersInterval, _stopping.Token);
                try
                {
                    var client = await _connection.ClientAsync(_stopping.Token);
                    Apply(await client.MembersAsync(_stopping.Token));
                }
                catch (Exception error) when (error is SerfConnectionException or SerfTimeoutException or SerfException) { }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException) { }
    }

    private void Apply(IReadOnlyList<SerfMember> list)
    {
        lock (_gate)
        {
            if (_gone is not null) return;
            var changes = _view.Apply(list, _time.GetUtcNow());
            if (changes.Count == 0 && _members.Length > 0 && _members.SequenceEqual(_view.Members)) return;
            _members = _view.Members;
            _self = _members.FirstOrDefault(member => member.Name == _name) ?? _self;
            foreach (var member in _members.Where(member => member.Status is MemberStatus.Left or MemberStatus.Failed))
                foreach (var query in _asked) query.Decline(member.Name);
            foreach (var change in changes) _inbox.Enqueue((new BusDelivery(change, Respond: null), null));
        }
        Deliver();
    }

    /// <summary>After an interruption the agent may be a new one, which knows neither the tags nor the others.</summary>
    private async Task RestoreAsync(SerfInterruption interruption)
    {
        try
        {
            await using var apart = await _connection.ApartAsync(_stopping.Token);
            if (await NameOfAsync(apart, _stopping.Token) is var name && name != _name)
            {
                Report($"The agent at {apart.Agent} is now {name}, and was {_name}. This bus is closed.");
                Close($"lost its agent, which is now {name}", MemberStatus.Failed);
                return;
            }
            var members = await apart.MembersAsync(_stopping.Token);
            var (tags, announcedAt) = SerfMemberView.Split(members.First(member => member.Name == _name).Tags);
            IReadOnlyDictionary<string, string>? lost;
            lock (_gate) lost = announcedAt != _announcedAt || !new Member(_name, _tags, MemberStatus.Alive, "").SameTags(tags) ? _tags : null;
            if (lost is not null) await AnnounceAsync(apart, lost, _stopping.Token);
            if (_options.Join.Count > 0 && members.Count(member => member.Status == "alive") <= 1)
                await apart.JoinAsync(_options.Join, replay: false, _stopping.Token);
            _membersWanted.Kick();
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException) { }
        catch (Exception error) when (error is SerfException or IOException or TimeoutException or ProblemException or InvalidOperationException)
        {
            var gone = (interruption.Until - interruption.From).TotalSeconds;
            Report($"{_name} was not fully restored after {gone:0.#} s without its agent: {error.Message}");
        }
    }

    /// <summary>Nothing is sent or delivered any more. False when that was so already.</summary>
    private bool Close(string why, MemberStatus status)
    {
        lock (_gate)
        {
            if (_gone is not null) return false;
            _gone = why;
            _self = _self with { Status = status };
            _inbox.Clear();
            foreach (var query in _asked) query.Abort(new EventBusClosedException(_name, why));
        }
        _stopping.Cancel();
        return true;
    }

    private void ThrowIfGone()
    {
        lock (_gate)
        {
            if (_gone is { } why) throw new EventBusClosedException(_name, why);
        }
    }

    private void Hand(FleetEvent received) => Hand(new BusDelivery(received, Respond: null));

    private void Hand(BusDelivery delivery) => Hand(delivery, attach: null);

    private void Hand(BusDelivery delivery, Subscribers.Subscription? attach)
    {
        lock (_gate)
        {
            // The connection may live on, with nobody to take what comes.
            if (_gone is not null) return;
            _inbox.Enqueue((delivery, attach));
        }
        Deliver();
    }

    /// <summary>
    /// Hands over one thing after the other, outside the lock, unless somebody already does: a subscriber may cause the
    /// next one.
    /// </summary>
    private void Deliver()
    {
        lock (_gate)
        {
            if (_delivering) return;
            _delivering = true;
        }
        while (TryTake(out var next))
        {
            try
            {
                if (next.Attach is not null) _subscribers.Attach(next.Attach);
                else _subscribers.Deliver(next.Delivery);
            }
            catch (Exception error)
            {
                Report($"A receiver of {next.Delivery.Event} threw {error.GetType().Name}: {error.Message}");
            }
        }
    }

    private bool TryTake(out (BusDelivery Delivery, Subscribers.Subscription? Attach) next)
    {
        lock (_gate)
        {
            if (_gone is null && _inbox.TryDequeue(out next)) return true;
            _delivering = false;
            next = default;
            return false;
        }
    }

    private void Report(string message) => _options.Report?.Invoke(message);
}
