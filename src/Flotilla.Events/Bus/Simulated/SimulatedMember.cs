namespace Flotilla.Events;

/// <summary>One member of a <see cref="SimulatedBus"/>, with its own view of the others.</summary>
internal sealed class SimulatedMember : IEventBus
{
    /// <summary>What is known of a member: as it was announced at a time, or lost since.</summary>
    private readonly record struct Known(Member Member, ulong AnnouncedAt);

    private readonly SimulatedBus _fleet;
    private readonly SimulatedBus.Identity _identity;
    private readonly SortedDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Subscribers _subscribers = new();
    private readonly Queue<(BusDelivery Delivery, Subscribers.Subscription? Attach)> _inbox = new();
    private readonly List<PendingQuery> _asked = [];
    private readonly MemberNews _news;
    private bool _delivering;
    private Member[]? _view;
    private string? _gone;

    public SimulatedMember(SimulatedBus fleet, Member self, SimulatedBus.Identity identity)
    {
        _fleet = fleet;
        _identity = identity;
        Name = self.Name;
        Self = self;
        _news = new MemberNews(fleet, news => Hand((new BusDelivery(news, Respond: null), null)));
    }

    public string Name { get; }

    public Member Self { get; private set; }

    public IReadOnlyList<Member> Members => _view ??= [.. _known.Values.Select(known => known.Member)];

    public ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken)
    {
        EventLimits.CheckEvent("event", name, payload);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        var sent = new UserEvent(name, payload, Name, _identity.Clock.Tick(), _fleet.Time.GetUtcNow());
        _fleet.Count();
        foreach (var member in _fleet.Running) _fleet.Spread(this, member, to => to.Receive(sent, respond: null));
        return new(sent.LamportTime);
    }

    public async Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken)
    {
        EventLimits.CheckQuery(query);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        var timeout = query.Timeout ?? Query.DefaultTimeout;
        string[] addressed = [.. Members.Where(query.Addresses).Select(member => member.Name)];
        if (addressed.Length == 0) return new QueryResult([], [], [], TimeSpan.Zero);
        var pending = new PendingQuery(addressed, _fleet.Time);
        var now = _fleet.Time.GetUtcNow();
        var asked = new QueryEvent(query.Name, query.Payload, Name, now + timeout, _identity.Clock.Tick(), now);
        foreach (var name in addressed)
            if (_fleet.Find(name) is { } member && !_fleet.IsLost(this, member))
                _fleet.Gossip(this, member, to => to.Receive(asked, new Responder(_fleet, pending, to, this)));
        _asked.Add(pending);
        try
        {
            return await pending.WaitAsync(timeout, cancellationToken);
        }
        finally
        {
            _asked.Remove(pending);
        }
    }

    public IDisposable Subscribe(Action<BusDelivery> receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        ThrowIfClosed();
        var subscription = _subscribers.Create(receive);
        Hand((default, subscription));
        return subscription;
    }

    public Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        EventLimits.CheckTags(Name, tags);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        Self = Self with { Tags = Tags.Copy(tags) };
        Announce(MemberStatus.Alive);
        TellOthersOfSelf();
        return Task.CompletedTask;
    }

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_gone is not null) return;
        _fleet.Leave(this);
        Close("has left");
        Announce(MemberStatus.Left);
        TellOthersOfSelf();
        await Task.Delay(_fleet.Options.LeavePropagationOrDefault, _fleet.Time, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _fleet.Crash(this, "was disposed of");
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes a new time for itself and notes the change in its own view.</summary>
    public void Announce(MemberStatus status)
    {
        _identity.AnnouncedAt = _identity.Clock.Tick();
        Self = Self with { Status = status };
        Learn(Self, _identity.AnnouncedAt);
    }

    /// <summary>Sends another member what this one is, and whom it knows to be gone.</summary>
    /// <param name="other">The one who is told.</param>
    /// <param name="send">The way there.</param>
    public void TellAll(SimulatedMember other, Action<SimulatedMember, SimulatedMember, Action<SimulatedMember>> send)
    {
        var self = new Known(Self, _identity.AnnouncedAt);
        Known[] gone = [.. _known.Values.Where(known => known.Member.Status is MemberStatus.Left or MemberStatus.Failed)];
        send(this, other, to =>
        {
            to.Hear(self);
            foreach (var known in gone) to.Hear(known);
        });
    }

    /// <summary>True when this member holds another for failed.</summary>
    public bool HasLost(string other) => _known.TryGetValue(other, out var known) && known.Member.Status == MemberStatus.Failed;

    /// <summary>Holds another for failed, unless a program of that name answers.</summary>
    public void Lose(string other)
    {
        if (_gone is not null || (_fleet.Find(other) is { } running && _fleet.CanReach(this, running))) return;
        if (!_known.TryGetValue(other, out var known) || known.Member.Status != MemberStatus.Alive) return;
        Note(
            known with { Member = known.Member with { Status = MemberStatus.Failed } },
            _fleet.LatestAnnouncement(other), MemberChange.Failed);
    }

    /// <summary>The program is gone: nothing is received or sent any more.</summary>
    public void Close(string why)
    {
        _gone = why;
        foreach (var query in _asked) query.Abort(new EventBusClosedException(Name, why));
    }

    private void ThrowIfClosed()
    {
        if (_gone is { } why) throw new EventBusClosedException(Name, why);
    }

    internal void TellOthersOfSelf()
    {
        var self = new Known(Self, _identity.AnnouncedAt);
        foreach (var other in _fleet.Running)
            if (other != this) _fleet.Gossip(this, other, to => to.Hear(self));
    }

    private void Receive(FleetEvent received, IQueryResponder? respond)
    {
        _identity.Clock.Witness(received.LamportTime);
        Hand((new BusDelivery(received, respond), null));
    }

    private void Hear(Known news)
    {
        if (news.Member.Name == Name) return;
        _identity.Clock.Witness(news.AnnouncedAt);
        Learn(news.Member, news.AnnouncedAt);
        // It may have died while its word was on the way.
        if (news.Member.Status == MemberStatus.Alive && _fleet.Find(news.Member.Name) is null) _fleet.Suspect(this, news.Member.Name);
    }

    private void Learn(Member member, ulong announcedAt)
    {
        var isKnown = _known.TryGetValue(member.Name, out var before);
        if (isKnown && announcedAt <= before.AnnouncedAt) return;
        var was = isKnown ? before.Member.Status : (MemberStatus?)null;
        MemberChange? change = (was, member.Status) switch
        {
            (MemberStatus.Alive, MemberStatus.Alive) =>
                before.Member.SameTags(member.Tags) && before.Member.Address == member.Address ? null : MemberChange.Update,
            (_, MemberStatus.Alive) => MemberChange.Join,
            (MemberStatus.Alive or MemberStatus.Failed, MemberStatus.Left) => MemberChange.Leave,
            (MemberStatus.Alive, MemberStatus.Failed) => MemberChange.Failed,
            _ => null,
        };
        Note(new Known(member, announcedAt), announcedAt, change);
    }

    private void Note(Known known, ulong eventTime, MemberChange? change)
    {
        var name = known.Member.Name;
        _known[name] = known;
        _view = null;
        if (change is { } happened) Tell(happened, known.Member, eventTime);
        if (known.Member.Status == MemberStatus.Alive) return;
        foreach (var query in _asked) query.Decline(name);
        if (name != Name) _fleet.After(_fleet.Options.ReapAfterOrDefault, () => Reap(known, eventTime));
    }

    private void Reap(Known expected, ulong eventTime)
    {
        var name = expected.Member.Name;
        if (_gone is not null || !_known.TryGetValue(name, out var known) || known != expected) return;
        _known.Remove(name);
        _view = null;
        Tell(MemberChange.Reap, known.Member, eventTime);
    }

    private void Tell(MemberChange change, Member member, ulong eventTime) =>
        _news.Add(new MemberEvent(change, member, eventTime, _fleet.Time.GetUtcNow()));

    /// <summary>Hands over one thing after the other, also when a subscriber causes the next one.</summary>
    private void Hand((BusDelivery Delivery, Subscribers.Subscription? Attach) item)
    {
        if (_gone is not null) return;
        _inbox.Enqueue(item);
        if (_delivering) return;
        _delivering = true;
        try
        {
            while (_inbox.TryDequeue(out var next))
            {
                if (next.Attach is not null) _subscribers.Attach(next.Attach);
                else _subscribers.Deliver(next.Delivery);
            }
        }
        finally
        {
            _delivering = false;
        }
    }

    private sealed class Responder(SimulatedBus fleet, PendingQuery query, SimulatedMember member, SimulatedMember asker) : QueryResponder
    {
        private bool _spoken;

        protected override bool Answer(EventPayload answer) => Say(() => query.Answer(member.Name, answer));

        protected override bool Fail(string message) => Say(() => query.Fail(member.Name, message));

        protected override bool Decline() => Say(() => query.Decline(member.Name));

        private bool Say(Func<bool> word)
        {
            if (_spoken || !fleet.IsRunning(member)) return false;
            _spoken = true;
            if (!fleet.IsAnswerLost(member, asker)) fleet.Transmit(member, asker, _ => word());
            return true;
        }
    }
}
