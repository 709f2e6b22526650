using System.Runtime.ExceptionServices;
using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>
/// The members of a fleet within one process. Everything is delivered to everybody in one order, on the thread of whoever
/// sends while nobody else does. For use from many threads.
/// </summary>
public sealed class LocalBus
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _reapAfter;
    private readonly LamportClock _clock = new();
    private readonly Dictionary<string, LocalMember> _members = new(StringComparer.Ordinal);
    private readonly Queue<Outgoing> _outbox = new();
    private readonly List<PendingQuery> _queries = [];
    private LocalMember[] _alive = [];
    private Member[] _view = [];
    private bool _delivering;

    /// <summary>An empty fleet.</summary>
    /// <param name="time">Stamps events and times queries.</param>
    /// <param name="reapAfter">How long a failed or departed member stays in the list; 24 hours unless given.</param>
    public LocalBus(TimeProvider time, TimeSpan? reapAfter = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _reapAfter = reapAfter ?? TimeSpan.FromHours(24);
    }

    internal IReadOnlyList<Member> View => Volatile.Read(ref _view);

    /// <summary>Adds a member, or brings back one that left or failed. All members see it join.</summary>
    /// <exception cref="ProblemException">The name or the tags are not allowed, or the name is that of an alive member.</exception>
    public IEventBus Join(string name, IReadOnlyDictionary<string, string> tags, string address = "127.0.0.1")
    {
        EventLimits.CheckMemberName(name);
        EventLimits.CheckTags(name, tags);
        ArgumentException.ThrowIfNullOrEmpty(address);
        LocalMember joined;
        lock (_gate)
        {
            if (_members.TryGetValue(name, out var before))
            {
                if (before.Self.Status == MemberStatus.Alive)
                    throw new ProblemException(new Problem(
                        $"A member \"{name}\" is already there.", Why: $"It is alive at {before.Self.Address}.",
                        Fix: "Give each host its own name."));
                before.Reaper?.Dispose();
            }
            joined = new LocalMember(this, new Member(name, Tags.Copy(tags), MemberStatus.Alive, address));
            foreach (var other in _alive.OrderBy(member => member.JoinedAt.LamportTime))
                _outbox.Enqueue(new Outgoing([joined], other.JoinedAt with { Member = other.Self }));
            _members[name] = joined;
            Rebuild();
            joined.JoinedAt = PublishChange(MemberChange.Join, joined.Self);
        }
        Deliver();
        return joined;
    }

    /// <summary>
    /// As if the host had died: it neither sends nor receives any more, and the others see it fail. A member that
    /// is already gone stays as it is.
    /// </summary>
    /// <exception cref="ProblemException">There is no member of that name.</exception>
    public void Fail(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        LocalMember? member;
        lock (_gate)
        {
            if (!_members.TryGetValue(name, out member)) throw EventLimits.NoMember(name, _members.Keys);
        }
        Remove(member, MemberStatus.Failed, MemberChange.Failed, "has failed");
    }

    internal ulong Send(LocalMember sender, string name, EventPayload payload)
    {
        ulong at;
        lock (_gate)
        {
            sender.ThrowIfClosed();
            at = _clock.Tick();
            _outbox.Enqueue(new Outgoing(_alive, new UserEvent(name, payload, sender.Name, at, _time.GetUtcNow())));
        }
        Deliver();
        return at;
    }

    internal async Task<QueryResult> AskAsync(LocalMember asker, Query query, CancellationToken cancellationToken)
    {
        PendingQuery pending;
        var timeout = query.Timeout ?? Query.DefaultTimeout;
        lock (_gate)
        {
            asker.ThrowIfClosed();
            LocalMember[] addressed = [.. _alive.Where(member => query.Addresses(member.Self))];
            if (addressed.Length == 0) return new QueryResult([], [], [], TimeSpan.Zero);
            pending = new PendingQuery(addressed.Select(member => member.Name), _time);
            var now = _time.GetUtcNow();
            var asked = new QueryEvent(query.Name, query.Payload, asker.Name, now + timeout, _clock.Tick(), now);
            _outbox.Enqueue(new Outgoing(addressed, asked, pending));
            _queries.Add(pending);
            asker.Asked.Add(pending);
        }
        try
        {
            Deliver();
            return await pending.WaitAsync(timeout, cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                _queries.Remove(pending);
                asker.Asked.Remove(pending);
            }
        }
    }

    internal void SetTags(LocalMember member, IReadOnlyDictionary<string, string> tags)
    {
        EventLimits.CheckTags(member.Name, tags);
        lock (_gate)
        {
            member.ThrowIfClosed();
            member.Self = member.Self with { Tags = Tags.Copy(tags) };
            Rebuild();
            PublishChange(MemberChange.Update, member.Self);
        }
        Deliver();
    }

    internal void Attach(LocalMember member, Subscribers.Subscription subscription)
    {
        // Through the outbox, so that the backlog and what follows reach the subscriber in the one order.
        lock (_gate) _outbox.Enqueue(new Outgoing([member], Event: null, Attach: subscription));
        Deliver();
    }

    /// <summary>Takes a member out; does nothing when it is gone already.</summary>
    internal void Remove(LocalMember member, MemberStatus status, MemberChange change, string why)
    {
        lock (_gate)
        {
            if (member.Gone is not null) return;
            member.Gone = why;
            member.Self = member.Self with { Status = status };
            foreach (var own in member.Asked) own.Abort(new EventBusClosedException(member.Name, why));
            foreach (var query in _queries) query.Decline(member.Name);
            Rebuild();
            PublishChange(change, member.Self);
            member.Reaper = _time.CreateTimer(_ => Reap(member), null, _reapAfter, Timeout.InfiniteTimeSpan);
        }
        Deliver();
    }

    private void Reap(LocalMember member)
    {
        lock (_gate)
        {
            if (!_members.TryGetValue(member.Name, out var current) || current != member) return;
            _members.Remove(member.Name);
            member.Reaper?.Dispose();
            Rebuild();
            PublishChange(MemberChange.Reap, member.Self);
        }
        Deliver();
    }

    private MemberEvent PublishChange(MemberChange change, Member member)
    {
        var changed = new MemberEvent(change, member, _clock.Tick(), _time.GetUtcNow());
        _outbox.Enqueue(new Outgoing(_alive, changed));
        return changed;
    }

    private void Rebuild()
    {
        LocalMember[] sorted = [.. _members.Values.OrderBy(member => member.Name, StringComparer.Ordinal)];
        Volatile.Write(ref _view, [.. sorted.Select(member => member.Self)]);
        _alive = [.. sorted.Where(member => member.Gone is null)];
    }

    /// <summary>
    /// Empties the outbox unless somebody already does. Receivers are called outside the lock and may send: that only adds to the
    /// outbox, so that all receive everything in one order.
    /// </summary>
    private void Deliver()
    {
        ExceptionDispatchInfo? thrown = null;
        lock (_gate)
        {
            if (_delivering) return;
            _delivering = true;
        }
        while (TryTake(out var next))
        {
            foreach (var member in next.To)
            {
                try
                {
                    Deliver(next, member);
                }
                catch (Exception error)
                {
                    thrown ??= ExceptionDispatchInfo.Capture(error);
                }
            }
        }
        // A receiver must not throw; that it did is told to whoever's call delivered, after everybody got everything.
        thrown?.Throw();
    }

    private bool TryTake(out Outgoing next)
    {
        lock (_gate)
        {
            if (_outbox.TryDequeue(out next)) return true;
            _delivering = false;
            return false;
        }
    }

    private static void Deliver(in Outgoing next, LocalMember member)
    {
        if (next.Attach is not null) member.Subscribers.Attach(next.Attach);
        else if (member.Gone is null)
            member.Subscribers.Deliver(new BusDelivery(next.Event!, next.Query is null ? null : new Responder(next.Query, member.Name)));
    }

    private sealed class Responder(PendingQuery query, string member) : QueryResponder
    {
        protected override bool Answer(EventPayload answer) => query.Answer(member, answer);

        protected override bool Fail(string message) => query.Fail(member, message);

        protected override bool Decline() => query.Decline(member);
    }

    private readonly record struct Outgoing(
        LocalMember[] To, FleetEvent? Event, PendingQuery? Query = null, Subscribers.Subscription? Attach = null);
}
