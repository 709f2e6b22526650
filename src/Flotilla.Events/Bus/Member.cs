using System.Text;

namespace Flotilla.Events;

/// <summary>What the members of a fleet know of one host. The states are those of Serf.</summary>
public enum MemberStatus
{
    /// <summary>It answers.</summary>
    Alive,

    /// <summary>It has said that it is about to leave.</summary>
    Leaving,

    /// <summary>It left on its own accord, or was declared gone.</summary>
    Left,

    /// <summary>It stopped answering without a word.</summary>
    Failed,
}

/// <summary>A host as membership sees it. Two members are equal when name, status, address and all tags are.</summary>
/// <param name="Name">Unique among the members.</param>
/// <param name="Tags">What the host says of itself; the tag <c>role</c> decides what runs there.</param>
/// <param name="Status">As the member that was asked sees it; others may see it differently for a while.</param>
/// <param name="Address">An IP address or host name.</param>
public sealed record Member(string Name, IReadOnlyDictionary<string, string> Tags, MemberStatus Status, string Address)
{
    /// <summary>The name of the tag that holds the roles.</summary>
    public const string RoleTag = "role";

    /// <summary>
    /// The roles in the tag <c>role</c>, which separates several by <c>,</c> or <c>:</c>; empty when there is none.
    /// </summary>
    public IReadOnlyList<string> Roles =>
        Tags.TryGetValue(RoleTag, out var roles)
            ? roles.Split([',', ':'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [];

    /// <summary>True when <paramref name="role"/> is one of <see cref="Roles"/>; upper and lower case differ.</summary>
    public bool HasRole(string role)
    {
        if (!Tags.TryGetValue(RoleTag, out var text)) return false;
        var roles = text.AsSpan();
        foreach (var part in roles.SplitAny(',', ':'))
        {
            var one = roles[part].Trim();
            if (!one.IsEmpty && one.SequenceEqual(role)) return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(Member? other) =>
        other is not null && Name == other.Name && Status == other.Status && Address == other.Address && SameTags(other.Tags);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Status, Address, Tags.Count);

    /// <summary><c>web-1 (alive, 10.0.0.1, role=web)</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name).Append(" (").Append(Status.ToString().ToLowerInvariant()).Append(", ").Append(Address);
        foreach (var (name, value) in Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
            text.Append(", ").Append(name).Append('=').Append(value);
        return text.Append(')').ToString();
    }

    internal bool SameTags(IReadOnlyDictionary<string, string> other)
    {
        if (ReferenceEquals(Tags, other)) return true;
        if (Tags.Count != other.Count) return false;
        foreach (var (name, value) in Tags)
            if (!other.TryGetValue(name, out var theirs) || theirs != value) return false;
        return true;
    }
}
