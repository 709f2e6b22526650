using System.Runtime.CompilerServices;
using Flotilla.Core;

namespace Flotilla.Events.Serf;

/// <summary>
/// Speaks to the members through an agent without being a member: it sends, asks and listens in the name of the agent's node,
/// answers nothing, and changes nothing there. For a command line beside the <see cref="SerfBus"/> of the same agent, or without one.
/// </summary>
/// <remarks>
/// What scripts can read goes as it is: an event that fits into one of Serf's, a query that asks no member of Flotilla. Everything
/// else is wrapped as <see cref="SerfBus"/> does it.
/// </remarks>
public sealed class SerfGuest : IAsyncDisposable
{
    private static readonly SerfBusOptions Limits = new();

    private readonly SerfConnection _connection;
    private readonly TimeProvider _time;
    private readonly HybridClock _clock;

    private SerfGuest(SerfConnection connection, TimeProvider time, string name)
    {
        _connection = connection;
        _time = time;
        _clock = new HybridClock(time);
        Name = name;
    }

    /// <summary>The name of the agent's node.</summary>
    public string Name { get; }

    /// <summary>The address of the agent.</summary>
    public SerfAddress Agent => _connection.Agent;

    /// <summary>Connects to an agent.</summary>
    /// <exception cref="ProblemException">See <see cref="SerfClient.ConnectAsync"/>.</exception>
    public static async Task<SerfGuest> ConnectAsync(
        ISerfTransport transport, SerfOptions options, TimeProvider time, Random random, CancellationToken cancellationToken)
    {
        var connection = await SerfConnection.OpenAsync(transport, options, time, random, null, cancellationToken);
        try
        {
            var client = await connection.ClientAsync(cancellationToken);
            var stats = await client.StatsAsync(cancellationToken);
            return stats.TryGetValue("agent", out var agent) && agent.TryGetValue("name", out var name)
                ? new SerfGuest(connection, time, name)
                : throw new SerfException("stats", options.Address, "it does not say its name");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The present connection, for what only Serf knows: keys, coordinates, tags.</summary>
    public ValueTask<SerfClient> ClientAsync(CancellationToken cancellationToken) => _connection.ClientAsync(cancellationToken);

    /// <summary>Every member that the agent knows, sorted by name.</summary>
    public async Task<IReadOnlyList<Member>> MembersAsync(CancellationToken cancellationToken) => (await LookAsync(cancellationToken)).Members;

    /// <summary>Sends an event to every member.</summary>
    /// <exception cref="ProblemException">Name or payload is not allowed.</exception>
    public async Task SendAsync(string name, EventPayload payload, CancellationToken cancellationToken)
    {
        EventLimits.CheckEvent("event", name, payload);
        var client = await _connection.ClientAsync(cancellationToken);
        if (payload.Length <= SerfRoom.Event(Limits, name))
        {
            await client.EventAsync(name, payload.Bytes, coalesce: false, cancellationToken);
            return;
        }
        var (lamportTime, at) = _clock.Tick();
        await SendPartsAsync(lamportTime, SerfEnvelope.Write(new SerfEventMessage(Name, lamportTime, at, name, payload)), cancellationToken);
    }

    /// <summary>Asks the addressed members that are alive; ends as <see cref="IEventBus.QueryAsync"/> does.</summary>
    /// <exception cref="ProblemException">Name, payload or timeout is not allowed.</exception>
    public async Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken)
    {
        EventLimits.CheckQuery(query);
        var view = await LookAsync(cancellationToken);
        string[] addressed = [.. view.Members.Where(query.Addresses).Select(member => member.Name)];
        if (addressed.Length == 0) return new QueryResult([], [], [], TimeSpan.Zero);
        var isToAll = addressed.Length == view.Members.Count(member => member.Status == MemberStatus.Alive);
        return addressed.Any(view.IsAnnounced)
            ? await AskAsync(query, addressed, isToAll, view, cancellationToken)
            : await AskPlainAsync(query, addressed, isToAll, cancellationToken);
    }

    /// <summary>All that happens from now on, until it is cancelled: events, queries, changes of members, gaps.</summary>
    public async IAsyncEnumerable<FleetEvent> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parts = new PartAssembler(Limits.PartsTimeout);
        var view = await LookAsync(cancellationToken);
        await using var stream = await _connection.StreamAsync("*", cancellationToken);
        while (await stream.WaitToReadAsync(cancellationToken))
        {
            while (stream.TryRead(out var record))
            {
                if (Read(record, parts) is { } read) yield return read;
                // What changed among the members while there was no connection, no record tells.
                if (record is not (SerfMemberRecord or SerfGapRecord { Cause: SerfGapCause.Disconnected })) continue;
                if (await TryMembersAsync(cancellationToken) is not { } members) continue;
                foreach (var change in view.Apply(members, _time.GetUtcNow())) yield return change;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private FleetEvent? Read(SerfRecord record, PartAssembler parts)
    {
        var now = _time.GetUtcNow();
        switch (record)
        {
            case SerfUserRecord user:
                var message = SerfEnvelope.Read(user.Payload);
                if (message is SerfPartMessage part) message = parts.Add(part, now, out _) is { } whole ? SerfEnvelope.Read(whole) : message;
                return SerfEvents.User(message, user.Name, user.Payload, user.LamportTime, now);
            case SerfQueryRecord query:
                return SerfEvents.Query(SerfEnvelope.Read(query.Payload), query.Name, query.Payload, query.LamportTime, now);
            case SerfGapRecord gap:
                return new GapEvent(
                    gap.Cause == SerfGapCause.Disconnected ? GapCause.Disconnected : gap.Cause == SerfGapCause.SlowConsumer ? GapCause.TooSlow : GapCause.NotReceived,
                    gap.Lost, gap.From, Name, _clock.Tick().Time, gap.Until);
            default:
                return null;
        }
    }

    /// <summary>Null when the connection is lost again: then a gap follows, and with it the members.</summary>
    private async Task<IReadOnlyList<SerfMember>?> TryMembersAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await (await _connection.ClientAsync(cancellationToken)).MembersAsync(cancellationToken);
        }
        catch (Exception error) when (error is SerfConnectionException or SerfTimeoutException)
        {
            return null;
        }
    }

    private async Task<SerfMemberView> LookAsync(CancellationToken cancellationToken)
    {
        var client = await _connection.ClientAsync(cancellationToken);
        var view = new SerfMemberView(_clock, TimeSpan.Zero);
        view.Apply(await client.MembersAsync(cancellationToken), _time.GetUtcNow());
        return view;
    }

    private async Task<QueryResult> AskPlainAsync(Query query, string[] addressed, bool isToAll, CancellationToken cancellationToken)
    {
        var client = await _connection.ClientAsync(cancellationToken);
        var outcome = await client.AskAsync(new SerfQueryRequest(query.Name, query.Payload.Bytes)
        {
            Nodes = isToAll ? null : addressed,
            Timeout = query.Timeout ?? Query.DefaultTimeout,
        }, addressed, cancellationToken);
        return new QueryResult(
            [.. outcome.Answers.Select(answer => new QueryAnswer(answer.Key, EventPayload.FromBytes(answer.Value.Span)))], [], outcome.Silent, outcome.Took);
    }

    private async Task<QueryResult> AskAsync(Query query, string[] addressed, bool isToAll, SerfMemberView view, CancellationToken cancellationToken)
    {
        var timeout = query.Timeout ?? Query.DefaultTimeout;
        var begin = _time.GetTimestamp();
        var pending = new PendingQuery(addressed, _time);
        var (lamportTime, at) = _clock.Tick();
        var message = new SerfQueryMessage(Name, lamportTime, at, timeout, null, query.Payload);
        using var limit = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var running = new TaskBag();
        try
        {
            if (SerfEnvelope.Write(message).Length > SerfRoom.Query(Limits, query.Name, Name, isToAll ? [] : addressed.Take(1)))
            {
                await SendPartsAsync(lamportTime, SerfEnvelope.Write(message with { Name = query.Name }), either.Token);
                message = message with { Payload = null };
            }
            var asker = new SerfAsker(_connection, Limits, _time, message, query.Name, pending, addressed, isToAll);
            await asker.AskAsync(running, either.Token);
            running.Add(RepeatAsync(asker, running, view, either.Token));
            var left = timeout - _time.GetElapsedTime(begin);
            return await pending.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
        }
        finally
        {
            either.Cancel();
            await running.DrainAsync();
        }
    }

    private static async Task RepeatAsync(SerfAsker asker, TaskBag running, SerfMemberView view, CancellationToken cancellationToken)
    {
        try
        {
            await asker.RepeatAsync(running, view.IsAnnounced, cancellationToken);
        }
        catch (OperationCanceledException) { }
    }

    private async Task SendPartsAsync(ulong lamportTime, ReadOnlyMemory<byte> whole, CancellationToken cancellationToken)
    {
        var client = await _connection.ClientAsync(cancellationToken);
        var pieces = SerfEnvelope.Cut(whole, SerfRoom.Event(Limits, SerfEnvelope.PartName) - SerfEnvelope.PartOverhead(Name));
        for (var index = 0; index < pieces.Count; index++)
            await client.EventAsync(SerfEnvelope.PartName,
                SerfEnvelope.Write(new SerfPartMessage(Name, lamportTime, index, pieces.Count, pieces[index])), coalesce: false, cancellationToken);
    }
}
