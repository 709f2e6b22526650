using System.Globalization;
using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Users and groups of a machine, each asked for once: for one reading of many resources.</summary>
internal sealed class AccountNames(IMachine machine)
{
    private readonly Dictionary<string, uint?> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, uint?> _groups = new(StringComparer.Ordinal);

    /// <summary>The number of a user's name, or what is a number itself; null when there is no such user.</summary>
    public uint? User(string name) => Ask(_users, name, machine.UserId);

    /// <summary>The number of a group's name, or what is a number itself; null when there is no such group.</summary>
    public uint? Group(string name) => Ask(_groups, name, machine.GroupId);

    /// <summary>How a user number is called, in the words of <paramref name="declared"/> when that means the same.</summary>
    public string UserName(uint id, string declared) => User(declared) == id ? declared : machine.UserName(id) ?? Number(id);

    /// <summary>How a group number is called, in the words of <paramref name="declared"/> when that means the same.</summary>
    public string GroupName(uint id, string declared) => Group(declared) == id ? declared : machine.GroupName(id) ?? Number(id);

    private static uint? Ask(Dictionary<string, uint?> known, string name, Func<string, uint?> find)
    {
        if (!known.TryGetValue(name, out var id))
            known.Add(name, id = find(name) ?? (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null));
        return id;
    }

    private static string Number(uint id) => id.ToString(CultureInfo.InvariantCulture);
}
