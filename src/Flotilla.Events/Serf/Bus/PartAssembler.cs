namespace Flotilla.Events.Serf;

/// <summary>Puts the parts of messages together again. The owner guards it.</summary>
internal sealed class PartAssembler(TimeSpan patience)
{
    private const int MessagesMax = 256;
    private const int BytesMax = EventLimits.PayloadBytesMax + 2048;

    private readonly Dictionary<(string Origin, ulong LamportTime), Message> _messages = [];
    private readonly RecentKeys _whole = new(1024);

    /// <summary>Since when the oldest unfinished message makes no progress; null when there is none.</summary>
    public DateTimeOffset? Oldest => _messages.Count == 0 ? null : _messages.Values.Min(message => message.Progress);

    /// <summary>Takes a part. The whole message when it was the last one missing, otherwise null.</summary>
    public byte[]? Add(SerfPartMessage part, DateTimeOffset now, out int lost)
    {
        lost = 0;
        var key = (part.Origin, part.LamportTime);
        if (_whole.Contains(key)) return null;
        if (!_messages.TryGetValue(key, out var message))
        {
            if (_messages.Count == MessagesMax) lost = Forget(_messages.MinBy(other => other.Value.Progress).Key);
            _messages.Add(key, message = new Message(part.Count));
        }
        if (part.Count != message.Parts.Length || message.Parts[part.Index] is not null) return null;
        message.Parts[part.Index] = part.Bytes;
        message.Bytes += part.Bytes.Length;
        message.Progress = now;
        if (message.Bytes > BytesMax)
        {
            lost += Forget(key);
            return null;
        }
        if (++message.Received < message.Parts.Length) return null;
        _messages.Remove(key);
        _whole.Add(key);
        var whole = new byte[message.Bytes];
        var at = 0;
        foreach (var piece in message.Parts)
        {
            piece!.Value.CopyTo(whole.AsMemory(at));
            at += piece.Value.Length;
        }
        return whole;
    }

    /// <summary>Gives up what has made no progress for too long; says how many messages that were.</summary>
    public int Expire(DateTimeOffset now)
    {
        var expired = _messages.Where(message => message.Value.Progress + patience <= now).Select(message => message.Key).ToArray();
        return expired.Sum(Forget);
    }

    private int Forget((string, ulong) key)
    {
        _messages.Remove(key);
        _whole.Add(key);
        return 1;
    }

    private sealed class Message(int count)
    {
        public ReadOnlyMemory<byte>?[] Parts { get; } = new ReadOnlyMemory<byte>?[count];

        public int Received { get; set; }

        public int Bytes { get; set; }

        public DateTimeOffset Progress { get; set; }
    }
}

/// <summary>The latest messages, so that none counts twice. The owner guards it.</summary>
internal sealed class RecentKeys(int capacity)
{
    private readonly HashSet<(string Origin, ulong LamportTime)> _keys = [];
    private readonly Queue<(string Origin, ulong LamportTime)> _order = new();

    public bool Contains((string Origin, ulong LamportTime) key) => _keys.Contains(key);

    /// <summary>False when it is there already.</summary>
    public bool Add((string Origin, ulong LamportTime) key)
    {
        if (!_keys.Add(key)) return false;
        _order.Enqueue(key);
        if (_order.Count > capacity) _keys.Remove(_order.Dequeue());
        return true;
    }
}
