namespace Flotilla.Events;

/// <summary>The ids of the latest events of one handler, and whether it has begun with them. The owner guards it.</summary>
internal sealed class RecentIds(int capacity)
{
    private readonly Dictionary<string, bool> _begun = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public bool Contains(string id) => _begun.ContainsKey(id);

    public void Add(string id)
    {
        if (!_begun.TryAdd(id, false)) return;
        _order.Enqueue(id);
        if (_order.Count > capacity) _begun.Remove(_order.Dequeue());
    }

    /// <summary>
    /// False when the handler has begun with it before. An id that is no longer remembered counts as not begun.
    /// </summary>
    public bool Begin(string id)
    {
        if (!_begun.TryGetValue(id, out var begun)) return true;
        _begun[id] = true;
        return !begun;
    }
}
