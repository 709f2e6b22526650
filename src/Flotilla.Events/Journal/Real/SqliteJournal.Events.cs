namespace Flotilla.Events;

public sealed partial class SqliteJournal
{
    /// <inheritdoc/>
    public int WaitingCount => Volatile.Read(ref _waiting);

    /// <inheritdoc/>
    public EventClaim Begin(string handler, string eventId, DateTimeOffset at) => Step(durable: true, () =>
    {
        (string, object?)[] key = [("$handler", handler), ("$event", eventId), ("$at", at.UtcTicks)];
        if (Run("INSERT OR IGNORE INTO claim(handler, event, at, begun) VALUES($handler, $event, $at, 1)", key) > 0) return EventClaim.New;
        return Run("UPDATE claim SET at = $at, begun = begun + 1 WHERE handler = $handler AND event = $event AND outcome IS NULL", key) > 0
            ? EventClaim.Unfinished
            : EventClaim.Done;
    });

    /// <inheritdoc/>
    public void Done(string handler, string eventId, HandlerOutcome outcome)
    {
        Step(durable: false, () => Run(
            "UPDATE claim SET outcome = $outcome WHERE handler = $handler AND event = $event AND outcome IS NULL",
            ("$handler", handler), ("$event", eventId), ("$outcome", outcome.ToString())));
        TrimAtTimes();
    }

    /// <inheritdoc/>
    public IReadOnlyList<UnfinishedRun> Unfinished() => Step(durable: false, () => SqliteRows.Unfinished(sql => Command(sql)));

    /// <inheritdoc/>
    public void Keep(UserEvent received)
    {
        ArgumentNullException.ThrowIfNull(received);
        if (Step(durable: false, () => Insert(received))) Interlocked.Increment(ref _waiting);
    }

    /// <inheritdoc/>
    public IReadOnlyList<UserEvent> Receive(string source, long floor, IReadOnlyList<NumberedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var news = Step(durable: true, () =>
        {
            var fresh = new List<UserEvent>();
            var known = Command("SELECT floor FROM source WHERE source = $source", ("$source", source)).ExecuteScalar() as long? ?? 0;
            Run("INSERT OR REPLACE INTO source VALUES($source, $floor, $heard)",
                ("$source", source), ("$floor", Math.Max(floor, known)), ("$heard", _time.GetUtcNow().UtcTicks));
            foreach (var (number, received) in events)
                if (number >= known
                    && Run("INSERT OR IGNORE INTO seen VALUES($source, $number)", ("$source", source), ("$number", number)) > 0
                    && Insert(received))
                    fresh.Add(received);
            if (floor > known) Run("DELETE FROM seen WHERE source = $source AND number < $floor", ("$source", source), ("$floor", floor));
            return fresh;
        });
        Interlocked.Add(ref _waiting, news.Count);
        return news;
    }

    /// <inheritdoc/>
    public void Handled(string eventId)
    {
        if (Step(durable: false, () => Run("DELETE FROM kept WHERE id = $id", ("$id", eventId))) > 0) Interlocked.Decrement(ref _waiting);
    }

    /// <inheritdoc/>
    public IReadOnlyList<UserEvent> Waiting() => Step(durable: false, () => SqliteRows.Waiting(sql => Command(sql)));

    /// <inheritdoc/>
    public OutgoingEvent Enqueue(
        string name, EventPayload payload, IReadOnlyList<string> targets, DateTimeOffset at, DateTimeOffset expiresAt)
    {
        ArgumentNullException.ThrowIfNull(payload);
        string[] sorted = [.. targets.Order(StringComparer.Ordinal)];
        var number = Step(durable: true, () =>
        {
            var added = (long)Command(
                "INSERT INTO outgoing(name, payload, at, expires) VALUES($name, $payload, $at, $expires) RETURNING number",
                ("$name", name), ("$payload", payload.Bytes.ToArray()), ("$at", at.UtcTicks), ("$expires", expiresAt.UtcTicks)).ExecuteScalar()!;
            foreach (var target in sorted)
                Run("INSERT INTO target(number, member) VALUES($number, $member)", ("$number", added), ("$member", target));
            return added;
        });
        return new OutgoingEvent(number, name, payload, sorted, [], at, expiresAt);
    }

    /// <inheritdoc/>
    public void Acknowledge(IReadOnlyList<long> numbers, string target)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        Step(durable: false, () =>
        {
            foreach (var number in numbers)
                Run("UPDATE target SET acknowledged = 1 WHERE number = $number AND member = $member", ("$number", number), ("$member", target));
            return true;
        });
    }

    /// <inheritdoc/>
    public void Tried(IReadOnlyList<long> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        Step(durable: false, () =>
        {
            foreach (var number in numbers) Run("UPDATE outgoing SET tries = tries + 1 WHERE number = $number", ("$number", number));
            return true;
        });
    }

    /// <inheritdoc/>
    public void Close(IReadOnlyList<long> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        Step(durable: false, () =>
        {
            foreach (var number in numbers)
            {
                Run("DELETE FROM outgoing WHERE number = $number", ("$number", number));
                Run("DELETE FROM target WHERE number = $number", ("$number", number));
            }
            return true;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<OutgoingEvent> Outgoing() => Step(durable: false, () => SqliteRows.Outgoing(sql => Command(sql)));

    /// <summary>True when it was not kept before.</summary>
    private bool Insert(UserEvent received) => Run(
        """
        INSERT OR IGNORE INTO kept(id, name, payload, origin, lamport, at, reliable)
        VALUES($id, $name, $payload, $origin, $lamport, $at, $reliable)
        """,
        ("$id", received.Id), ("$name", received.Name), ("$payload", received.Payload.Bytes.ToArray()), ("$origin", received.Origin),
        ("$lamport", (long)received.LamportTime), ("$at", received.At.UtcTicks), ("$reliable", received.ReliableId is null ? 0 : 1)) > 0;
}
