using System.Text;

namespace Flotilla.Events;

/// <summary>An event on its way to its targets.</summary>
/// <param name="outgoing">The event as it is kept.</param>
/// <param name="since">When this program began with it.</param>
/// <param name="expires">When it is given up.</param>
internal sealed class Sending(OutgoingEvent outgoing, TimeSpan since, TimeSpan expires)
{
    public OutgoingEvent Event { get; } = outgoing;

    public TimeSpan Since { get; } = since;

    public TimeSpan Expires { get; } = expires;

    public ReliableMessage.Entry Entry => new(Event.Number, Event.At, Event.Name, Event.Payload);

    /// <summary>Who has not acknowledged it.</summary>
    public SortedSet<string> Pending { get; } = new(outgoing.Targets.Except(outgoing.Acknowledged), StringComparer.Ordinal);

    public TaskCompletionSource<ReliableDelivery> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Several events for the same targets, on their way.</summary>
/// <param name="Targets">Who is asked to acknowledge.</param>
/// <param name="Numbers">What it carries.</param>
/// <param name="Payload">The same in bytes.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="IsRepeated">True when it goes to a target that had missed some.</param>
internal sealed record OutgoingMessage(
    IReadOnlyList<string> Targets, IReadOnlyList<long> Numbers, EventPayload Payload, TimeSpan SentAt, bool IsRepeated);

/// <summary>
/// What is to be sent. New events go in one message to all their targets; what a target has not acknowledged goes into its own lane,
/// which is tried one message at a time, after longer and longer delays, until the target acknowledges again. The owner guards it.
/// </summary>
internal sealed class OutgoingQueue(string incarnation, ReliableOptions options)
{
    /// <summary>How many messages may be under way at once, and how many of them to one target that had missed some.</summary>
    private const int UnderWayMax = 256;
    private const int UnderWayInLaneMax = 4;

    private readonly SortedDictionary<long, Sending> _open = [];
    private readonly SortedSet<(TimeSpan At, long Number)> _expiries = [];
    private readonly Queue<Sending> _fresh = new();
    private readonly SortedDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private long _turn;
    private int _underWay;
    private bool _lanesFirst;

    public int Count => _open.Count;

    public bool Contains(long number) => _open.ContainsKey(number);

    public IEnumerable<Sending> All => _open.Values;

    public Sending Add(OutgoingEvent outgoing, TimeSpan now, TimeSpan expires)
    {
        var sending = new Sending(outgoing, now, expires);
        _open.Add(outgoing.Number, sending);
        _expiries.Add((expires, outgoing.Number));
        _fresh.Enqueue(sending);
        return sending;
    }

    /// <summary>A target is there, perhaps again: it is tried without further delay.</summary>
    public void Retry(string target, TimeSpan now)
    {
        if (_lanes.TryGetValue(target, out var lane) && lane.NotBefore > now) lane.NotBefore = now;
    }

    public List<Sending> TakeExpired(TimeSpan now)
    {
        var expired = new List<Sending>();
        while (_expiries.Count > 0 && _expiries.Min is var first && first.At <= now)
        {
            _expiries.Remove(first);
            _open.Remove(first.Number, out var sending);
            foreach (var lane in _lanes.Values) lane.Backlog.Remove(first.Number);
            expired.Add(sending!);
        }
        return expired;
    }

    /// <summary>True when a message could go now if the rate allowed it.</summary>
    public bool HasWork(TimeSpan now) => _underWay < UnderWayMax && (_fresh.Count > 0 || _lanes.Values.Any(lane => IsReady(lane, now)));

    /// <summary>How long until an event expires or a lane may be tried again; null for never.</summary>
    public TimeSpan? NextChange(TimeSpan now)
    {
        var next = _expiries.Count > 0 ? _expiries.Min.At : TimeSpan.MaxValue;
        foreach (var lane in _lanes.Values)
            if (lane.Backlog.Count > 0 && lane.NotBefore > now && lane.NotBefore < next) next = lane.NotBefore;
        return next == TimeSpan.MaxValue ? null : next - now;
    }

    /// <summary>The next message, or null when nothing can go now. New events and those that are repeated take turns.</summary>
    public OutgoingMessage? Next(TimeSpan now)
    {
        if (_underWay >= UnderWayMax) return null;
        _lanesFirst = !_lanesFirst;
        // To look for new events may move some into a lane that had nothing to send: nobody would look again.
        var message = _lanesFirst ? TakeLane(now) ?? TakeFresh(now) ?? TakeLane(now) : TakeFresh(now) ?? TakeLane(now);
        if (message is not null) _underWay++;
        return message;
    }

    /// <summary>Notes who has acknowledged a message; the others get its events again. Returns the events that are complete.</summary>
    public List<Sending> Settle(
        OutgoingMessage message, IReadOnlyList<string> acknowledged, List<(string Target, IReadOnlyList<long> Numbers)> news,
        TimeSpan now, Func<int, TimeSpan> delay)
    {
        _underWay--;
        var complete = new List<Sending>();
        foreach (var target in message.Targets)
        {
            var lane = LaneOf(target);
            if (lane.UnderWay.Remove(message)) lane.LastTurn = ++_turn;
            if (acknowledged.Contains(target, StringComparer.Ordinal))
            {
                lane.Failures = 0;
                lane.NotBefore = now;
                lane.JudgedAt = now;
                var numbers = message.Numbers.Where(number => Acknowledge(number, target, complete)).ToList();
                if (numbers.Count > 0) news.Add((target, numbers));
                continue;
            }
            foreach (var number in message.Numbers)
                if (_open.TryGetValue(number, out var sending) && sending.Pending.Contains(target)) lane.Backlog.Add(number);
            // Many messages that were under way together fail together, which says no more than one of them.
            if (message.SentAt < lane.JudgedAt) continue;
            lane.NotBefore = now + delay(lane.Failures++);
            lane.JudgedAt = now;
        }
        return complete;
    }

    private bool Acknowledge(long number, string target, List<Sending> complete)
    {
        if (!_open.TryGetValue(number, out var sending) || !sending.Pending.Remove(target)) return false;
        LaneOf(target).Backlog.Remove(number);
        if (sending.Pending.Count > 0) return true;
        _open.Remove(number);
        _expiries.Remove((sending.Expires, number));
        complete.Add(sending);
        return true;
    }

    private Lane LaneOf(string target)
    {
        if (!_lanes.TryGetValue(target, out var lane)) _lanes.Add(target, lane = new Lane(target));
        return lane;
    }

    private static bool IsReady(Lane lane, TimeSpan now) =>
        lane.Backlog.Count > 0 && lane.NotBefore <= now && lane.UnderWay.Count < (lane.Failures > 0 ? 1 : UnderWayInLaneMax);

    private OutgoingMessage? TakeFresh(TimeSpan now)
    {
        Batch? batch = null;
        while (_fresh.TryPeek(out var sending))
        {
            string[] ready = _open.ContainsKey(sending.Event.Number)
                ? [.. sending.Pending.Where(target => LaneOf(target).Failures == 0)]
                : [];
            if (ready.Length > 0)
            {
                batch ??= new Batch(ready, incarnation, _open.First().Key, options.MessageBytesMax);
                if (!ready.AsSpan().SequenceEqual(batch.Targets) || !batch.TryAdd(sending)) break;
            }
            _fresh.Dequeue();
            if (!_open.ContainsKey(sending.Event.Number)) continue;
            foreach (var target in sending.Pending)
                if (LaneOf(target) is { Failures: > 0 } lane) lane.Backlog.Add(sending.Event.Number);
        }
        return batch?.Message(now, isRepeated: false);
    }

    private OutgoingMessage? TakeLane(TimeSpan now)
    {
        Lane? chosen = null;
        foreach (var lane in _lanes.Values)
            if (IsReady(lane, now) && (chosen is null || lane.LastTurn < chosen.LastTurn)) chosen = lane;
        if (chosen is null) return null;
        var batch = new Batch([chosen.Target], incarnation, _open.First().Key, options.MessageBytesMax);
        foreach (var number in chosen.Backlog)
            if (!batch.TryAdd(_open[number])) break;
        var message = batch.Message(now, isRepeated: true);
        foreach (var number in message.Numbers) chosen.Backlog.Remove(number);
        chosen.UnderWay.Add(message);
        chosen.LastTurn = ++_turn;
        return message;
    }

    /// <summary>Fills one message, of at least one event.</summary>
    private sealed class Batch
    {
        private const int NameOverhead = 3;

        private readonly List<ReliableMessage.Entry> _entries = [];
        private readonly string _incarnation;
        private readonly long _floor;
        private readonly int _sizeMax;
        private int _size;

        public Batch(string[] targets, string incarnation, long floor, int sizeMax)
        {
            (Targets, _incarnation, _floor, _sizeMax) = (targets, incarnation, floor, sizeMax);
            // The names travel beside the message. Where there are many, they go in several messages, and half of each is left for events.
            _size = ReliableMessage.SizeOfHead(incarnation)
                + Math.Min(sizeMax / 2, targets.Sum(target => Encoding.UTF8.GetByteCount(target) + NameOverhead));
        }

        public string[] Targets { get; }

        public bool TryAdd(Sending sending)
        {
            var entry = sending.Entry;
            var size = ReliableMessage.SizeOf(entry, _entries.Count > 0 ? _entries[^1] : null, _floor);
            if (_entries.Count > 0 && _size + size > _sizeMax) return false;
            _size += size;
            _entries.Add(entry);
            return true;
        }

        public OutgoingMessage Message(TimeSpan now, bool isRepeated) => new(
            Targets, [.. _entries.Select(entry => entry.Number)], new ReliableMessage(_incarnation, _floor, _entries).Encode(), now, isRepeated);
    }

    /// <summary>What one target is still to get after it did not acknowledge.</summary>
    private sealed class Lane(string target)
    {
        public string Target { get; } = target;

        public SortedSet<long> Backlog { get; } = [];

        public List<OutgoingMessage> UnderWay { get; } = [];

        /// <summary>How often in a row it did not acknowledge.</summary>
        public int Failures { get; set; }

        public TimeSpan NotBefore { get; set; }

        /// <summary>When the latest word on it was had: messages from before say nothing new.</summary>
        public TimeSpan JudgedAt { get; set; } = TimeSpan.MinValue;

        public long LastTurn { get; set; }
    }
}
