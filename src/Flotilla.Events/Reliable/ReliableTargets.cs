using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>Which members an event is to reach: those that fit everything that is said here.</summary>
/// <param name="Role">Members with this role; null for any.</param>
/// <param name="Tags">Members with all these tags; the value <c>*</c> asks for the tag with any value. Null for any.</param>
/// <param name="Hosts">
/// Members of these names; null for any. Where nothing but names is said, they need not be known yet.
/// </param>
public sealed record ReliableTargets(
    string? Role = null, IReadOnlyDictionary<string, string>? Tags = null, IReadOnlyList<string>? Hosts = null)
{
    /// <summary>Every member.</summary>
    public static ReliableTargets All { get; } = new();

    /// <summary>The members with a role.</summary>
    public static ReliableTargets OfRole(string role) => new(Role: role);

    /// <summary>The members of these names.</summary>
    public static ReliableTargets OfHosts(params IReadOnlyList<string> hosts) => new(Hosts: hosts);

    /// <summary>For people: <c>role web and tag zone=a</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Role is not null) parts.Add($"role {Role}");
        if (Tags is not null)
            parts.AddRange(Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"tag {tag.Key}={tag.Value}"));
        if (Hosts is not null) parts.Add(string.Join(", ", Hosts));
        return parts.Count == 0 ? "all members" : string.Join(" and ", parts);
    }

    /// <summary>
    /// The names of those that fit, sorted: failed members too, because they may come back, but none that has left.
    /// </summary>
    /// <exception cref="ProblemException">Nobody fits.</exception>
    internal IReadOnlyList<string> Resolve(IReadOnlyList<Member> members)
    {
        string[] names = Role is null && Tags is null && Hosts is not null
            ? [.. Hosts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
            : [.. members.Where(Fits).Select(member => member.Name).Order(StringComparer.Ordinal)];
        if (names.Length > 0) return names;
        var known = members.Where(member => member.Status != MemberStatus.Left).Select(member => member.ToString());
        throw new ProblemException(new Problem(
            $"No member is among the targets: {this}.", Why: $"Known are {string.Join("; ", known)}.",
            Fix: "Name a role, tags or hosts that somebody has."));
    }

    private bool Fits(Member member) =>
        member.Status != MemberStatus.Left
        && (Role is null || member.HasRole(Role))
        && (Hosts is null || Hosts.Contains(member.Name, StringComparer.Ordinal))
        && (Tags is null || Tags.All(tag => member.Tags.TryGetValue(tag.Key, out var value) && (tag.Value == "*" || tag.Value == value)));
}
