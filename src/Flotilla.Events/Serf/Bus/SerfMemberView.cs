using System.Collections.ObjectModel;

namespace Flotilla.Events.Serf;

/// <summary>
/// The members as of the last look at the agent's list, and what has changed since the one before. The owner guards it.
/// </summary>
/// <remarks>
/// States are compared, so that the updates which agents repeat (hashicorp/serf#555) never surface. Members that announce themselves
/// give their changes one time for all who see them; what happens a second time without a new announcement, and what happens to members
/// without one, has a time of this member's own.
/// </remarks>
internal sealed class SerfMemberView(HybridClock clock, TimeSpan rejoinGrace)
{
    private readonly SortedDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Sorted by name.</summary>
    public Member[] Members => [.. _known.Values.Select(known => known.Member)];

    /// <summary>True for a member that announces itself, and so answers queries as Flotilla does.</summary>
    public bool IsAnnounced(string name) => _known.TryGetValue(name, out var known) && known.AnnouncedAt > 0;

    /// <summary>Compares with a list; what has changed, in the order of the names.</summary>
    public List<MemberEvent> Apply(IReadOnlyList<SerfMember> list, DateTimeOffset now)
    {
        var changes = new List<MemberEvent>();
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in list.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            if (StatusOf(member.Status) is not { } status) continue;
            present.Add(member.Name);
            Learn(member, status, now, changes);
        }
        foreach (var (name, known) in _known.Where(known => !present.Contains(known.Key)).ToArray()) Miss(name, known, now, changes);
        return changes;
    }

    /// <summary>The visible tags, and the time of the announcement or 0.</summary>
    public static (IReadOnlyDictionary<string, string> Tags, ulong AnnouncedAt) Split(IReadOnlyDictionary<string, string> tags)
    {
        if (!tags.TryGetValue(SerfEnvelope.AnnouncementTag, out var text)) return (Tags.Copy(tags), 0);
        var visible = new SortedDictionary<string, string>(tags.ToDictionary(), StringComparer.Ordinal);
        visible.Remove(SerfEnvelope.AnnouncementTag);
        return (new ReadOnlyDictionary<string, string>(visible), Base36.Read(text));
    }

    private void Learn(SerfMember heard, MemberStatus status, DateTimeOffset now, List<MemberEvent> changes)
    {
        var (tags, announcedAt) = Split(heard.Tags);
        clock.Witness(announcedAt);
        var isKnown = _known.TryGetValue(heard.Name, out var before);
        var member = new Member(heard.Name, tags, status, heard.Address?.ToString() ?? "");
        if (isKnown && before!.Member.Equals(member))
        {
            member = before.Member;
            if (announcedAt == before.AnnouncedAt && before.MissedSince is null) return;
        }
        var known = isKnown && before!.AnnouncedAt == announcedAt
            ? before with { Member = member, MissedSince = null }
            : new Known(member, announcedAt, 0, null);
        var was = isKnown ? before!.Member.Status : (MemberStatus?)null;
        MemberChange? change = (was, status) switch
        {
            (MemberStatus.Alive or MemberStatus.Leaving, MemberStatus.Alive) =>
                before!.Member.SameTags(tags) && before.Member.Address == member.Address ? null : MemberChange.Update,
            (_, MemberStatus.Alive) => MemberChange.Join,
            (MemberStatus.Alive or MemberStatus.Leaving or MemberStatus.Failed, MemberStatus.Left) => MemberChange.Leave,
            (MemberStatus.Alive or MemberStatus.Leaving, MemberStatus.Failed) => MemberChange.Failed,
            _ => null,
        };
        if (change is { } happened) known = Tell(known, happened, now, changes);
        _known[heard.Name] = known;
    }

    private void Miss(string name, Known known, DateTimeOffset now, List<MemberEvent> changes)
    {
        if (known.Member.Status is MemberStatus.Failed or MemberStatus.Left)
        {
            Tell(known, MemberChange.Reap, now, changes);
            _known.Remove(name);
        }
        else if (known.MissedSince is not { } since)
        {
            _known[name] = known with { MissedSince = now };
        }
        else if (since + rejoinGrace <= now)
        {
            _known[name] = Tell(known with { Member = known.Member with { Status = MemberStatus.Failed } }, MemberChange.Failed, now, changes);
        }
    }

    private Known Tell(Known known, MemberChange change, DateTimeOffset now, List<MemberEvent> changes)
    {
        var bit = 1 << (int)change;
        var isFirst = known.AnnouncedAt > 0 && (known.Told & bit) == 0;
        changes.Add(new MemberEvent(change, known.Member, isFirst ? known.AnnouncedAt : clock.Tick().Time, now));
        return known with { Told = known.Told | bit };
    }

    private static MemberStatus? StatusOf(string status) => status switch
    {
        "alive" => MemberStatus.Alive,
        "leaving" => MemberStatus.Leaving,
        "left" => MemberStatus.Left,
        "failed" => MemberStatus.Failed,
        _ => null,
    };

    /// <param name="Member">As it was seen last.</param>
    /// <param name="AnnouncedAt">The time of its announcement; 0 without one.</param>
    /// <param name="Told">A bit for each change that was told with that time.</param>
    /// <param name="MissedSince">Since when the list has it no longer; null while it has.</param>
    private sealed record Known(Member Member, ulong AnnouncedAt, int Told, DateTimeOffset? MissedSince);
}
