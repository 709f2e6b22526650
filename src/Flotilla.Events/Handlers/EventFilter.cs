using System.Text;

namespace Flotilla.Events;

/// <summary>Which events a handler is for, and on which hosts.</summary>
public sealed partial record EventFilter
{
    private enum Kind
    {
        Any,
        Members,
        User,
        Query,
    }

    private readonly Kind _kind;
    private readonly string _pattern;
    private readonly int _changes;

    private EventFilter(Kind kind, string pattern = "*", int changes = ~0)
    {
        _kind = kind;
        _pattern = pattern;
        _changes = changes;
    }

    /// <summary>Every event but Flotilla's own. A handler with this filter watches queries but does not answer them.</summary>
    public static EventFilter Any { get; } = new(Kind.Any);

    /// <summary>
    /// User events whose whole name fits the pattern: <c>*</c> stands for any characters, <c>?</c> for one, case
    /// counts. Names that begin with <see cref="EventLimits.OwnPrefix"/> fit only patterns that do so, too.
    /// </summary>
    public static EventFilter User(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return new(Kind.User, pattern);
    }

    /// <summary>Queries whose whole name fits the pattern, as in <see cref="User"/>.</summary>
    public static EventFilter Query(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return new(Kind.Query, pattern);
    }

    /// <summary>These changes of membership; all of them when none is named.</summary>
    public static EventFilter Members(params MemberChange[] changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return new(Kind.Members, changes: changes.Length == 0 ? ~0 : changes.Aggregate(0, (all, change) => all | 1 << (int)change));
    }

    /// <summary>Only on hosts with this role; null for all.</summary>
    public string? HostRole { get; init; }

    /// <summary>
    /// Only on hosts with all these tags; the value <c>*</c> asks for the tag with any value. Null for all hosts.
    /// </summary>
    public IReadOnlyDictionary<string, string>? HostTags { get; init; }

    /// <summary>
    /// Only events from members with this role: the sender's, the asker's, or that of the member that changed. Null
    /// for all.
    /// </summary>
    public string? OriginRole { get; init; }

    /// <summary>True for a handler that runs only when no other handler of the host fits the event.</summary>
    public bool IsDefault { get; init; }

    /// <summary>True when a query that fits is to be answered by this filter's handler.</summary>
    internal bool Answers => _kind == Kind.Query;

    /// <summary>True when an event fits; <see cref="IsDefault"/> is left to the one who knows the other handlers.</summary>
    /// <param name="event">What happened.</param>
    /// <param name="self">The host that asks.</param>
    /// <param name="memberByName">
    /// Finds the origin of an event; null when it is not known, and then <see cref="OriginRole"/> does not fit.
    /// </param>
    public bool Matches(FleetEvent @event, Member self, Func<string, Member?> memberByName)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(memberByName);
        return FitsKind(@event) && FitsHost(self) && FitsOrigin(@event, memberByName);
    }

    /// <summary>
    /// For people: <c>user "slow*" from role db, on hosts with role web and tag zone=a, when nothing else fits</c>.
    /// </summary>
    public override string ToString()
    {
        var text = new StringBuilder(_kind switch
        {
            Kind.User => $"user \"{_pattern}\"",
            Kind.Query => $"query \"{_pattern}\"",
            Kind.Members => string.Join(" or ", Enum.GetValues<MemberChange>().Where(HasChange).Select(MemberEvent.NameOf)),
            _ => "any event",
        });
        if (OriginRole is not null) text.Append(" from role ").Append(OriginRole);
        var hosts = new List<string>();
        if (HostRole is not null) hosts.Add($"role {HostRole}");
        if (HostTags is not null)
            hosts.AddRange(HostTags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"tag {tag.Key}={tag.Value}"));
        if (hosts.Count > 0) text.Append(", on hosts with ").AppendJoin(" and ", hosts);
        if (IsDefault) text.Append(", when nothing else fits");
        return text.ToString();
    }

    private bool HasChange(MemberChange change) => (_changes & 1 << (int)change) != 0;

    private bool FitsKind(FleetEvent @event) => (_kind, @event) switch
    {
        (Kind.Any, _) => !EventLimits.IsOwn(@event),
        (Kind.Members, MemberEvent member) => HasChange(member.Change),
        (Kind.User, UserEvent user) => FitsName(user.Name),
        (Kind.Query, QueryEvent query) => FitsName(query.Name),
        _ => false,
    };

    // Who reacts to "*" means the events of the fleet, not those by which Flotilla does its work.
    private bool FitsName(string name) =>
        NamePattern.Matches(_pattern, name)
        && (_pattern.StartsWith(EventLimits.OwnPrefix, StringComparison.Ordinal) || !name.StartsWith(EventLimits.OwnPrefix, StringComparison.Ordinal));

    private bool FitsHost(Member self)
    {
        if (HostRole is not null && !self.HasRole(HostRole)) return false;
        if (HostTags is null) return true;
        foreach (var (name, wanted) in HostTags)
            if (!self.Tags.TryGetValue(name, out var value) || (wanted != "*" && wanted != value)) return false;
        return true;
    }

    private bool FitsOrigin(FleetEvent @event, Func<string, Member?> memberByName) =>
        OriginRole is null || Origin(@event, memberByName)?.HasRole(OriginRole) == true;

    private static Member? Origin(FleetEvent @event, Func<string, Member?> memberByName) => @event switch
    {
        MemberEvent member => member.Member,
        UserEvent user => memberByName(user.Origin),
        QueryEvent query => memberByName(query.Origin),
        _ => null,
    };
}
