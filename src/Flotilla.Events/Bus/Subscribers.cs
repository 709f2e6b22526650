using System.Runtime.ExceptionServices;

namespace Flotilla.Events;

/// <summary>
/// Who listens to one member, and what came before anybody did. <see cref="Attach"/> and <see cref="Deliver"/> are called by one
/// caller at a time; subscriptions are disposed of by anybody.
/// </summary>
internal sealed class Subscribers
{
    /// <summary>How many deliveries are kept for the first subscriber.</summary>
    public const int BacklogMax = 1024;

    private readonly Lock _gate = new();
    private Queue<BusDelivery>? _backlog = new();
    private Subscription[] _subscriptions = [];

    public Subscription Create(Action<BusDelivery> receive) => new(this, receive);

    /// <summary>Hands over the backlog, then all that is delivered from now on.</summary>
    public void Attach(Subscription subscription)
    {
        lock (_gate)
        {
            if (subscription.IsDisposed) return;
            _subscriptions = [.. _subscriptions, subscription];
        }
        if (_backlog is not { } backlog) return;
        _backlog = null;
        foreach (var delivery in backlog) subscription.Receive(delivery);
    }

    /// <summary>Hands over to everyone; the first exception of a receiver is thrown after all have received.</summary>
    public void Deliver(BusDelivery delivery)
    {
        if (_backlog is { } backlog)
        {
            if (backlog.Count == BacklogMax) backlog.Dequeue();
            backlog.Enqueue(delivery);
            return;
        }
        ExceptionDispatchInfo? thrown = null;
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            try
            {
                subscription.Receive(delivery);
            }
            catch (Exception error)
            {
                thrown ??= ExceptionDispatchInfo.Capture(error);
            }
        }
        thrown?.Throw();
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            subscription.IsDisposed = true;
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }
    }

    internal sealed class Subscription(Subscribers owner, Action<BusDelivery> receive) : IDisposable
    {
        private volatile bool _disposed;

        public bool IsDisposed
        {
            get => _disposed;
            set => _disposed = value;
        }

        public void Receive(BusDelivery delivery)
        {
            if (!_disposed) receive(delivery);
        }

        public void Dispose() => owner.Remove(this);
    }
}
