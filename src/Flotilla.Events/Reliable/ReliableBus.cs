using System.Runtime.ExceptionServices;

namespace Flotilla.Events;

/// <summary>
/// A bus as its handlers see it: reliable events come like all others, and the queries that carry them do not show.
/// </summary>
internal sealed class ReliableBus : IEventBus
{
    private readonly Lock _gate = new();
    private readonly IEventBus _bus;
    private readonly Action<QueryEvent, IQueryResponder> _carried;
    private readonly Action<MemberEvent> _memberChanged;
    private readonly Subscribers _subscribers = new();
    private readonly Queue<(BusDelivery Delivery, Subscribers.Subscription? Attach)> _inbox = new();
    private readonly IDisposable _subscription;
    private bool _delivering;

    /// <param name="bus">Stays the caller's, unless this one is disposed of.</param>
    /// <param name="carried">Gets the queries that carry reliable events.</param>
    /// <param name="memberChanged">Is told of members before the handlers are.</param>
    public ReliableBus(IEventBus bus, Action<QueryEvent, IQueryResponder> carried, Action<MemberEvent> memberChanged)
    {
        (_bus, _carried, _memberChanged) = (bus, carried, memberChanged);
        _subscription = bus.Subscribe(Receive);
    }

    public Member Self => _bus.Self;

    public IReadOnlyList<Member> Members => _bus.Members;

    public ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken) =>
        _bus.SendAsync(name, payload, cancellationToken);

    public Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken) => _bus.QueryAsync(query, cancellationToken);

    public Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        _bus.SetTagsAsync(tags, cancellationToken);

    public Task LeaveAsync(CancellationToken cancellationToken) => _bus.LeaveAsync(cancellationToken);

    public IDisposable Subscribe(Action<BusDelivery> receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        var subscription = _subscribers.Create(receive);
        Hand((default, subscription));
        return subscription;
    }

    /// <summary>Hands an event to all subscribers as if the bus had delivered it.</summary>
    public void Deliver(UserEvent received) => Hand((new BusDelivery(received, Respond: null), null));

    /// <summary>Hears no more of the bus beneath.</summary>
    public void Detach() => _subscription.Dispose();

    public async ValueTask DisposeAsync()
    {
        Detach();
        await _bus.DisposeAsync();
    }

    private void Receive(BusDelivery delivery)
    {
        if (delivery is { Event: QueryEvent { Name: ReliableMessage.QueryName } query, Respond: { } respond })
        {
            _carried(query, respond);
            return;
        }
        if (delivery.Event is MemberEvent member) _memberChanged(member);
        Hand((delivery, null));
    }

    /// <summary>Two sources deliver here, the bus and its reliable events: one delivery after the other, without a lock while it is under way.</summary>
    private void Hand((BusDelivery Delivery, Subscribers.Subscription? Attach) item)
    {
        lock (_gate)
        {
            _inbox.Enqueue(item);
            if (_delivering) return;
            _delivering = true;
        }
        ExceptionDispatchInfo? thrown = null;
        while (true)
        {
            lock (_gate)
            {
                if (!_inbox.TryDequeue(out item))
                {
                    _delivering = false;
                    break;
                }
            }
            try
            {
                if (item.Attach is not null) _subscribers.Attach(item.Attach);
                else _subscribers.Deliver(item.Delivery);
            }
            catch (Exception error)
            {
                thrown ??= ExceptionDispatchInfo.Capture(error);
            }
        }
        thrown?.Throw();
    }
}
