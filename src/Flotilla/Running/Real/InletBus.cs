using Flotilla.Events;

namespace Flotilla.Running.Real;

/// <summary>A bus into which also other programs of this machine hand what they received: a script that Serf started.</summary>
internal sealed class InletBus(IEventBus inner, Func<CancellationToken, Task>? leave = null) : IEventBus
{
    private readonly Lock _lock = new();
    private readonly List<Receiver> _receivers = [];

    public Member Self => inner.Self;

    public IReadOnlyList<Member> Members => inner.Members;

    public ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken) => inner.SendAsync(name, payload, cancellationToken);

    public Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

    public IDisposable Subscribe(Action<BusDelivery> receive)
    {
        var receiver = new Receiver(this, receive);
        receiver.Inner = inner.Subscribe(receiver.Receive);
        lock (_lock) _receivers.Add(receiver);
        return receiver;
    }

    /// <summary>Hands a delivery to the subscribers as if the bus had received it.</summary>
    public void Deliver(BusDelivery delivery)
    {
        Receiver[] receivers;
        lock (_lock) receivers = [.. _receivers];
        foreach (var receiver in receivers) receiver.Receive(delivery);
    }

    public Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) => inner.SetTagsAsync(tags, cancellationToken);

    public Task LeaveAsync(CancellationToken cancellationToken) => leave is null ? inner.LeaveAsync(cancellationToken) : leave(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    // A subscriber is called for one delivery after the other, whichever way they come.
    private sealed class Receiver(InletBus owner, Action<BusDelivery> receive) : IDisposable
    {
        private readonly Lock _turn = new();

        public IDisposable? Inner { get; set; }

        public void Receive(BusDelivery delivery)
        {
            lock (_turn) receive(delivery);
        }

        public void Dispose()
        {
            lock (owner._lock) owner._receivers.Remove(this);
            Inner?.Dispose();
        }
    }
}
