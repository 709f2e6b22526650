using System.Text;
using Flotilla.Core;

namespace Flotilla.Events.Serf;

/// <summary>
/// A member of a fleet whose members are held together by HashiCorp Serf: this program beside the Serf agent of its host.
/// </summary>
/// <remarks>
/// <para>
/// What Serf only signals is made whole here: an event comes with its sender, time and id, payloads go up to
/// <see cref="EventLimits.PayloadBytesMax"/>, changes of membership surface once each, a query ends with the last answer and is
/// repeated where gossip lost it, a failure to answer is told. How that travels is said at <see cref="SerfEnvelope"/>. Events and
/// queries of people and scripts that use Serf itself surface too: with the empty text for the origin, Serf's own Lamport time, and for
/// a query the default timeout for its deadline.
/// </para>
/// <para>
/// When the connection to the agent is lost, it comes back by itself; subscribers get a <see cref="GapEvent"/>, and what changed among the
/// members meanwhile. Events are then sent again, which receivers notice and deliver once. Large events go as many events of Serf,
/// which carries a hundred or two a second: they take seconds to reach all, and are lost as a whole with any of their parts.
/// </para>
/// </remarks>
public sealed partial class SerfBus : IEventBus
{
    private const int SendAttemptsMax = 3;
    private const int OnTheirWayMax = 256;

    private static readonly TimeSpan WayTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SerfConnection _connection;
    private readonly SerfBusOptions _options;
    private readonly TimeProvider _time;
    private readonly HybridClock _clock;
    private readonly SerfMemberView _view;
    private readonly SerfAnswerer _answerer;
    private readonly Pulse _membersWanted;
    private readonly SendWindow _onTheirWay;
    private readonly Turns _announcing = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<PendingQuery> _asked = [];
    private readonly string _name;
    private SerfStream _stream = null!;
    private Task _receiving = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private Member[] _members = [];
    private Member _self;
    private IReadOnlyDictionary<string, string> _tags = new Dictionary<string, string>();
    private ulong _announcedAt;
    private string? _gone;
    private bool _disposed;

    private SerfBus(SerfConnection connection, SerfBusOptions options, TimeProvider time, string name)
    {
        _connection = connection;
        _options = options;
        _time = time;
        _name = name;
        _clock = new HybridClock(time);
        _view = new SerfMemberView(_clock, options.RejoinGrace);
        _answerer = new SerfAnswerer(name, options, _clock, time, Hand);
        _parts = new PartAssembler(options.PartsTimeout);
        _membersWanted = new Pulse(time);
        _onTheirWay = new SendWindow(OnTheirWayMax, WayTimeout, time);
        _self = new Member(name, new Dictionary<string, string>(), MemberStatus.Alive, "");
    }

    /// <inheritdoc/>
    public Member Self
    {
        get
        {
            lock (_gate) return _self;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Member> Members
    {
        get
        {
            lock (_gate) return _members;
        }
    }

    /// <summary>Becomes the member that an agent is: announces it, joins others if asked to, and listens.</summary>
    /// <param name="connection">A connection to the agent; the bus disposes of it at its end, also when it does not come about.</param>
    /// <param name="options">How the agent is used.</param>
    /// <param name="time">Stamps events and times queries.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException">The tags are beyond the limit.</exception>
    /// <exception cref="SerfException">The agent refused, for example to join.</exception>
    public static async Task<SerfBus> AttachAsync(
        SerfConnection connection, SerfBusOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        SerfBus? bus = null;
        try
        {
            if (options.Tags is not null) CheckTags("this member", options.Tags);
            await using (var apart = await connection.ApartAsync(cancellationToken))
            {
                bus = new SerfBus(connection, options, time, await NameOfAsync(apart, cancellationToken));
                await bus.AnnounceAsync(apart, options.Tags, cancellationToken);
                // Before joining, so that nothing of what then comes is missed.
                bus._stream = await connection.StreamAsync("*", cancellationToken);
                if (options.Join.Count > 0) await apart.JoinAsync(options.Join, replay: false, cancellationToken);
                bus.Apply(await apart.MembersAsync(cancellationToken));
            }
            bus.Start();
            return bus;
        }
        catch
        {
            if (bus is not null) await bus.DisposeAsync();
            else
            {
                await connection.DisposeAsync();
                if (options.Owned is not null) await options.Owned.DisposeAsync();
            }
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken)
    {
        EventLimits.CheckEvent("event", name, payload);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfGone();
        var (lamportTime, at) = _clock.Tick();
        var small = SerfEnvelope.Write(new SerfEventMessage(_name, lamportTime, at, null, payload));
        if (small.Length <= SerfRoom.Event(_options, name)) await SendAsync(name, small, cancellationToken);
        else await SendPartsAsync(lamportTime, SerfEnvelope.Write(new SerfEventMessage(_name, lamportTime, at, name, payload)), cancellationToken);
        return lamportTime;
    }

    /// <inheritdoc/>
    public async Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken)
    {
        EventLimits.CheckQuery(query);
        cancellationToken.ThrowIfCancellationRequested();
        PendingQuery pending;
        string[] addressed, alive;
        lock (_gate)
        {
            ThrowIfGone();
            addressed = [.. _members.Where(query.Addresses).Select(member => member.Name)];
            alive = [.. _members.Where(member => member.Status == MemberStatus.Alive).Select(member => member.Name)];
            if (addressed.Length == 0) return new QueryResult([], [], [], TimeSpan.Zero);
            _asked.Add(pending = new PendingQuery(addressed, _time));
        }
        var timeout = query.Timeout ?? Query.DefaultTimeout;
        var begin = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken, _stopping.Token);
        var running = new TaskBag();
        try
        {
            await AskAsync(query, timeout, addressed, addressed.Length == alive.Length, pending, running, cancellationToken, either.Token);
            var left = timeout - _time.GetElapsedTime(begin);
            return await pending.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
        }
        finally
        {
            lock (_gate) _asked.Remove(pending);
            either.Cancel();
            await running.DrainAsync();
        }
    }

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<BusDelivery> receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        ThrowIfGone();
        var subscription = _subscribers.Create(receive);
        Hand(default, subscription);
        return subscription;
    }

    /// <inheritdoc/>
    public async Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        CheckTags(_name, tags);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfGone();
        var copy = Tags.Copy(tags);
        // Apart, since the agent answers only when the others have heard of it.
        await using var apart = await ApartAsync(cancellationToken);
        await AnnounceAsync(apart, copy, cancellationToken);
        Apply(await apart.MembersAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!Close("has left", MemberStatus.Left)) return;
        try
        {
            await using var apart = await _connection.ApartAsync(cancellationToken);
            await apart.LeaveAsync(cancellationToken);
        }
        catch (Exception error) when (error is SerfConnectionException or ProblemException)
        {
            Report($"{_name} could not say goodbye: {error.Message}");
        }
        await _connection.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }
        Close("was disposed of", MemberStatus.Failed);
        await _connection.DisposeAsync();
        await _receiving;
        await _watching;
        if (_options.Owned is not null) await _options.Owned.DisposeAsync();
        _partsTimer?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Sends one event of Serf; again when the connection broke, as receivers take only one of two.</summary>
    private async Task SendAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await _onTheirWay.EnterAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var client = await ClientAsync(cancellationToken);
            try
            {
                await client.EventAsync(name, payload, coalesce: false, cancellationToken);
                return;
            }
            catch (SerfConnectionException)
            {
                ThrowIfGone();
                if (attempt == SendAttemptsMax) throw;
            }
        }
    }

    private async Task SendPartsAsync(ulong lamportTime, ReadOnlyMemory<byte> whole, CancellationToken cancellationToken)
    {
        var pieces = SerfEnvelope.Cut(whole, SerfRoom.Event(_options, SerfEnvelope.PartName) - SerfEnvelope.PartOverhead(_name));
        await Task.WhenAll(pieces.Select((piece, index) => SendAsync(
            SerfEnvelope.PartName, SerfEnvelope.Write(new SerfPartMessage(_name, lamportTime, index, pieces.Count, piece)), cancellationToken)));
    }

    private async Task AskAsync(
        Query query, TimeSpan timeout, string[] addressed, bool isToAll, PendingQuery pending, TaskBag running,
        CancellationToken cancellationToken, CancellationToken eitherToken)
    {
        var (lamportTime, at) = _clock.Tick();
        var message = new SerfQueryMessage(_name, lamportTime, at, timeout, null, query.Payload);
        try
        {
            var room = SerfRoom.Query(_options, query.Name, _name, isToAll ? [] : addressed.Take(1));
            if (SerfEnvelope.Write(message).Length > room)
            {
                await SendPartsAsync(lamportTime, SerfEnvelope.Write(message with { Name = query.Name }), eitherToken);
                message = message with { Payload = null };
            }
            var asker = new SerfAsker(_connection, _options, _time, message, query.Name, pending, addressed, isToAll);
            try
            {
                await asker.AskAsync(running, eitherToken);
            }
            catch (Exception error) when (error is SerfConnectionException or SerfTimeoutException)
            {
                // The connection may come back while there is time to answer.
                ThrowIfGone();
            }
            running.Add(RepeatAsync(asker, running, eitherToken));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { }
        catch (Exception error) when (error is SerfConnectionException or SerfTimeoutException)
        {
            ThrowIfGone();
        }
    }

    private async Task RepeatAsync(SerfAsker asker, TaskBag running, CancellationToken cancellationToken)
    {
        try
        {
            await asker.RepeatAsync(running, IsAnnounced, cancellationToken);
        }
        catch (OperationCanceledException) { }
    }

    private bool IsAnnounced(string name)
    {
        lock (_gate) return _view.IsAnnounced(name);
    }

    /// <summary>Sets the tags and a new announcement, as far as there is room for it.</summary>
    /// <param name="client">A connection to the agent.</param>
    /// <param name="tags">All tags; null to keep those that the agent has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task AnnounceAsync(SerfClient client, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken)
    {
        using var turn = await _announcing.TakeAsync(cancellationToken);
        var self = (await client.MembersAsync(cancellationToken)).FirstOrDefault(member => member.Name == _name);
        var present = self?.Tags ?? new Dictionary<string, string>();
        var (before, announcedBefore) = SerfMemberView.Split(present);
        _clock.Witness(announcedBefore);
        var announcedAt = _clock.Tick().Time;
        var set = new SortedDictionary<string, string>((tags ?? before).ToDictionary(), StringComparer.Ordinal);
        set[SerfEnvelope.AnnouncementTag] = Base36.Write(announcedAt);
        if (EncodedSize(set) > EventLimits.TagsBytesMax)
        {
            set.Remove(SerfEnvelope.AnnouncementTag);
            announcedAt = 0;
        }
        await client.TagsAsync(set, [.. present.Keys.Where(name => !set.ContainsKey(name))], cancellationToken);
        lock (_gate)
        {
            _announcedAt = announcedAt;
            _tags = Tags.Copy(tags ?? before);
            _self = _self with { Tags = _tags, Address = self?.Address?.ToString() ?? _self.Address };
        }
    }

    private static void CheckTags(string member, IReadOnlyDictionary<string, string> tags)
    {
        EventLimits.CheckTags(member, tags);
        if (tags.ContainsKey(SerfEnvelope.AnnouncementTag))
            throw new ProblemException(new Problem(
                $"The tags of {member} have one named \"{SerfEnvelope.AnnouncementTag}\".", Why: "Members announce themselves with it.",
                Fix: "Choose another name."));
    }

    private async Task<SerfClient> ClientAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _connection.ClientAsync(cancellationToken);
        }
        catch (SerfConnectionException)
        {
            ThrowIfGone();
            throw;
        }
    }

    private async Task<SerfClient> ApartAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _connection.ApartAsync(cancellationToken);
        }
        catch (ProblemException)
        {
            ThrowIfGone();
            throw;
        }
    }

    private static async Task<string> NameOfAsync(SerfClient client, CancellationToken cancellationToken)
    {
        var stats = await client.StatsAsync(cancellationToken);
        return stats.TryGetValue("agent", out var agent) && agent.TryGetValue("name", out var name)
            ? name
            : throw new SerfException("stats", client.Agent, "it does not say its name");
    }

    /// <summary>One byte for the kind of message, one to three for the map, as Serf encodes tags.</summary>
    private static int EncodedSize(IReadOnlyDictionary<string, string> tags) =>
        1 + (tags.Count <= 15 ? 1 : 3) + tags.Sum(tag => EncodedSize(tag.Key) + EncodedSize(tag.Value));

    private static int EncodedSize(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        return length + (length <= 31 ? 1 : length <= 255 ? 2 : 3);
    }
}
