using System.Net;
using Flotilla.Events;

namespace Flotilla.Haproxy;

/// <summary>What a configuration is written from.</summary>
/// <param name="Backends">The role of the servers.</param>
/// <param name="Listen">The port on which HAProxy listens.</param>
/// <param name="Servers">Sorted by name; empty when no member of the role is alive.</param>
public sealed record HaproxyModel(string Backends, int Listen, IReadOnlyList<HaproxyServer> Servers);

/// <summary>A server that requests may go to.</summary>
/// <param name="Name">The member's name; what HAProxy does not take in a name is <c>_</c>.</param>
/// <param name="Address">The member's address as HAProxy takes it, an IPv6 address in brackets.</param>
/// <param name="Port">The port on which it listens.</param>
public sealed record HaproxyServer(string Name, string Address, int Port)
{
    /// <summary>The servers among the members: those that are alive and have the role.</summary>
    /// <param name="members">All members.</param>
    /// <param name="role">The role of the servers.</param>
    /// <param name="port">The port on which they listen.</param>
    /// <param name="refused">Told of each member whose address is neither an IP address nor a host name.</param>
    /// <remarks>
    /// Names and addresses come from the network. Nothing of them may reach the configuration but what stands in a name or an address.
    /// </remarks>
    public static IReadOnlyList<HaproxyServer> Of(IEnumerable<Member> members, string role, int port, Action<Member> refused)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(refused);
        var servers = new List<HaproxyServer>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in members.Where(member => member.Status is MemberStatus.Alive && member.HasRole(role)).OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            if (AddressOf(member) is not { } address)
            {
                refused(member);
                continue;
            }
            var name = string.Concat(member.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
            for (var (number, plain) = (2, name); !names.Add(name); number++) name = $"{plain}-{number}";
            servers.Add(new HaproxyServer(name, address, port));
        }
        return servers;
    }

    private static string? AddressOf(Member member)
    {
        if (IPAddress.TryParse(member.Address, out var address))
            return address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        return member.Address.All(char.IsAscii) && Uri.CheckHostName(member.Address) is UriHostNameType.Dns ? member.Address : null;
    }
}
