using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>
/// A member's bus that keeps what it receives from the moment it has joined until the handlers listen, so that they miss nothing of
/// what comes while the other hosts still start: above all who is there.
/// </summary>
internal sealed class HeldBus : IEventBus
{
    private readonly IEventBus _bus;
    private readonly Lock _lock = new();
    private readonly Queue<BusDelivery> _held = new();
    private readonly IDisposable _subscription;
    private Action<BusDelivery>? _receive;

    public HeldBus(IEventBus bus)
    {
        _bus = bus;
        _subscription = bus.Subscribe(Receive);
    }

    public Member Self => _bus.Self;

    public IReadOnlyList<Member> Members => _bus.Members;

    public ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken) => _bus.SendAsync(name, payload, cancellationToken);

    public Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken) => _bus.QueryAsync(query, cancellationToken);

    public Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) => _bus.SetTagsAsync(tags, cancellationToken);

    public Task LeaveAsync(CancellationToken cancellationToken) => _bus.LeaveAsync(cancellationToken);

    /// <summary>Hands over what was held and all that comes after it, to the first who subscribes; others get what comes from then on.</summary>
    public IDisposable Subscribe(Action<BusDelivery> receive)
    {
        lock (_lock)
        {
            if (_receive is not null) return _bus.Subscribe(receive);
            while (_held.TryDequeue(out var delivery)) receive(delivery);
            _receive = receive;
        }
        return _subscription;
    }

    public ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Receive(BusDelivery delivery)
    {
        Action<BusDelivery>? receive;
        lock (_lock)
        {
            receive = _receive;
            if (receive is null) _held.Enqueue(delivery);
        }
        receive?.Invoke(delivery);
    }
}
