namespace Flotilla.Events.Serf;

/// <summary>
/// One query to members: asked again with growing pauses of those who have not answered, as gossip and answers may get
/// lost, and collected until all are there. For use from many threads.
/// </summary>
internal sealed class SerfAsker
{
    private const int FetchesMax = 16;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PartTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly SerfConnection _connection;
    private readonly SerfBusOptions _options;
    private readonly TimeProvider _time;
    private readonly SerfQueryMessage _query;
    private readonly string _name;
    private readonly PendingQuery _pending;
    private readonly SortedSet<string> _awaited;
    private readonly HashSet<string> _fetching = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _until;
    private readonly bool _isToAll;

    /// <param name="connection">The way to the agent.</param>
    /// <param name="options">The limits of the agents.</param>
    /// <param name="time">Times the pauses.</param>
    /// <param name="query">The query; its payload is null when it was sent in parts.</param>
    /// <param name="name">Its name.</param>
    /// <param name="pending">Takes what is said.</param>
    /// <param name="addressed">Whose answers are awaited.</param>
    /// <param name="isToAll">Whether these are all members that are alive.</param>
    public SerfAsker(
        SerfConnection connection, SerfBusOptions options, TimeProvider time, SerfQueryMessage query, string name, PendingQuery pending,
        IEnumerable<string> addressed, bool isToAll)
    {
        _connection = connection;
        _options = options;
        _time = time;
        _query = query;
        _name = name;
        _pending = pending;
        _awaited = new SortedSet<string>(addressed, StringComparer.Ordinal);
        _isToAll = isToAll;
        _until = time.GetUtcNow() + query.Timeout;
    }

    /// <summary>Asks for the first time; who answers is settled from then on.</summary>
    /// <exception cref="Core.ProblemException">The query is beyond the agent's limit.</exception>
    public async Task AskAsync(TaskBag running, CancellationToken cancellationToken)
    {
        string[] awaited;
        lock (_gate) awaited = [.. _awaited];
        if (_isToAll) await AskAsync(null, running, cancellationToken);
        else await AskEachAsync(awaited, running, cancellationToken);
    }

    /// <summary>Asks again until all have answered, or it is cancelled.</summary>
    /// <param name="running">Gets what is under way.</param>
    /// <param name="canBeAskedAgain">False for members that would take it for another query.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RepeatAsync(TaskBag running, Func<string, bool> canBeAskedAgain, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            await Task.Delay(pause, _time, cancellationToken);
            string[] awaited;
            lock (_gate) awaited = [.. _awaited.Where(name => !_fetching.Contains(name))];
            string[] again = [.. awaited.Where(canBeAskedAgain)];
            if (again.Length == 0) continue;
            try
            {
                await AskEachAsync(again, running, cancellationToken);
            }
            catch (Exception error) when (error is SerfConnectionException or SerfTimeoutException or SerfException) { }
        }
    }

    /// <summary>Asks members by name, in as many queries of Serf as their names need.</summary>
    private async Task AskEachAsync(IReadOnlyList<string> names, TaskBag running, CancellationToken cancellationToken)
    {
        var size = SerfEnvelope.Write(_query).Length;
        var room = SerfRoom.Query(_options, _name, _query.Origin, []) - size;
        var group = new List<string>();
        foreach (var name in names)
        {
            group.Add(name);
            if (group.Count == 1 || SerfRoom.Filter(group) <= room) continue;
            group.RemoveAt(group.Count - 1);
            await AskAsync([.. group], running, cancellationToken);
            group = [name];
        }
        await AskAsync([.. group], running, cancellationToken);
    }

    private async Task AskAsync(IReadOnlyList<string>? nodes, TaskBag running, CancellationToken cancellationToken)
    {
        var left = _until - _time.GetUtcNow();
        if (left <= TimeSpan.Zero) return;
        var client = await _connection.ClientAsync(cancellationToken);
        var request = new SerfQueryRequest(_name, SerfEnvelope.Write(_query)) { Nodes = nodes, Timeout = left };
        var stream = await client.QueryAsync(request, cancellationToken);
        running.Add(CollectAsync(stream, running, cancellationToken));
    }

    private async Task CollectAsync(SerfStream stream, TaskBag running, CancellationToken cancellationToken)
    {
        try
        {
            while (await stream.WaitToReadAsync(cancellationToken))
                while (stream.TryRead(out var record))
                    if (record is SerfResponseRecord response) Take(response.From, response.Payload, running, cancellationToken);
        }
        catch (Exception error) when (error is OperationCanceledException or SerfConnectionException) { }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private void Take(string from, ReadOnlyMemory<byte> payload, TaskBag running, CancellationToken cancellationToken)
    {
        var message = SerfEnvelope.Read(payload);
        if (message is SerfAnswerPart { Index: 0 } first)
        {
            lock (_gate)
            {
                if (!_awaited.Contains(from) || !_fetching.Add(from)) return;
            }
            running.Add(FetchAsync(from, first, cancellationToken));
            return;
        }
        Settle(from, message, payload);
    }

    private void Settle(string from, SerfMessage? message, ReadOnlyMemory<byte> payload)
    {
        lock (_gate)
        {
            if (!_awaited.Remove(from)) return;
        }
        _ = message switch
        {
            null => _pending.Answer(from, EventPayload.FromBytes(payload.Span)),
            SerfAnswerMessage answer => _pending.Answer(from, answer.Payload),
            SerfFailureMessage failure => _pending.Fail(from, failure.Message),
            SerfDeclineMessage => _pending.Decline(from),
            _ => _pending.Fail(from, "It answered in a form that this version does not know."),
        };
    }

    /// <summary>Asks a member for all parts of its answer.</summary>
    private async Task FetchAsync(string from, SerfAnswerPart first, CancellationToken cancellationToken)
    {
        var parts = new ReadOnlyMemory<byte>?[first.Count];
        parts[0] = first.Bytes;
        var wanted = new Queue<int>(Enumerable.Range(1, first.Count - 1));
        try
        {
            var beside = Enumerable.Range(0, Math.Min(FetchesMax, wanted.Count));
            await Task.WhenAll(beside.Select(_ => FetchSomeAsync(from, parts, wanted, cancellationToken)));
        }
        catch (OperationCanceledException)
        {
            return;
        }
        var whole = new byte[parts.Sum(part => part!.Value.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part!.Value.CopyTo(whole.AsMemory(at));
            at += part.Value.Length;
        }
        Settle(from, SerfEnvelope.Read(whole) ?? new SerfUnknownMessage(), whole);
    }

    private async Task FetchSomeAsync(string from, ReadOnlyMemory<byte>?[] parts, Queue<int> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            int index;
            lock (wanted)
            {
                if (!wanted.TryDequeue(out index)) return;
            }
            while (await FetchAsync(from, index, parts.Length, cancellationToken) is var bytes)
            {
                if (bytes is null) continue;
                parts[index] = bytes;
                break;
            }
        }
    }

    /// <summary>One part, or null when it did not come in time.</summary>
    private async Task<ReadOnlyMemory<byte>?> FetchAsync(string from, int index, int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wanted = SerfEnvelope.Write(new SerfPartRequest(_query.Origin, _query.LamportTime, index));
        var request = new SerfQueryRequest(SerfEnvelope.PartName, wanted) { Nodes = [from], Timeout = PartTimeout };
        try
        {
            var client = await _connection.ClientAsync(cancellationToken);
            var outcome = await client.AskAsync(request, [from], cancellationToken);
            var isThere = outcome.Answers.TryGetValue(from, out var answer);
            if (isThere && SerfEnvelope.Read(answer) is SerfAnswerPart part && part.Index == index && part.Count == count) return part.Bytes;
            return null;
        }
        catch (Exception error) when (error is SerfConnectionException or SerfTimeoutException or SerfException)
        {
            return null;
        }
    }
}
