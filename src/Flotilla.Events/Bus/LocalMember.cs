namespace Flotilla.Events;

/// <summary>One member of a <see cref="LocalBus"/>, which guards its state.</summary>
internal sealed class LocalMember(LocalBus hub, Member self) : IEventBus
{
    private volatile Member _self = self;
    private volatile string? _gone;

    public string Name { get; } = self.Name;

    public Subscribers Subscribers { get; } = new();

    /// <summary>The queries it waits for.</summary>
    public List<PendingQuery> Asked { get; } = [];

    public MemberEvent JoinedAt { get; set; } = null!;

    public ITimer? Reaper { get; set; }

    public Member Self
    {
        get => _self;
        set => _self = value;
    }

    /// <summary>Why it is no longer there, or null.</summary>
    public string? Gone
    {
        get => _gone;
        set => _gone = value;
    }

    public IReadOnlyList<Member> Members => hub.View;

    public void ThrowIfClosed()
    {
        if (_gone is { } why) throw new EventBusClosedException(Name, why);
    }

    public ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken)
    {
        EventLimits.CheckEvent("event", name, payload);
        cancellationToken.ThrowIfCancellationRequested();
        return new(hub.Send(this, name, payload));
    }

    public Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken)
    {
        EventLimits.CheckQuery(query);
        cancellationToken.ThrowIfCancellationRequested();
        return hub.AskAsync(this, query, cancellationToken);
    }

    public IDisposable Subscribe(Action<BusDelivery> receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        ThrowIfClosed();
        var subscription = Subscribers.Create(receive);
        hub.Attach(this, subscription);
        return subscription;
    }

    public Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        hub.SetTags(this, tags);
        return Task.CompletedTask;
    }

    public Task LeaveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        hub.Remove(this, MemberStatus.Left, MemberChange.Leave, "has left");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        hub.Remove(this, MemberStatus.Failed, MemberChange.Failed, "was disposed of");
        return ValueTask.CompletedTask;
    }
}
