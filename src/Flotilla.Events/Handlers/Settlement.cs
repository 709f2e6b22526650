namespace Flotilla.Events;

/// <summary>Lets the store forget an event that it keeps when the last of its handlers is done with it.</summary>
/// <param name="store">What keeps it.</param>
/// <param name="eventId">Its id.</param>
/// <param name="handlers">How many handlers it fits.</param>
internal sealed class Settlement(IEventStore store, string eventId, int handlers)
{
    private int _left = handlers;

    /// <exception cref="IOException">The store refuses; the event is replayed after a restart, and found to be done.</exception>
    public void Settle()
    {
        if (Interlocked.Decrement(ref _left) == 0) store.Handled(eventId);
    }
}
