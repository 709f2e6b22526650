using Flotilla.Core;
using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Mode, owner and group of files and directories.</summary>
internal static class Permissions
{
    public const string Mode = "mode";
    public const string Owner = "owner";
    public const string Group = "group";

    public static IEnumerable<Problem> Check(Resource resource, string? mode, string? owner, string? group)
    {
        if (mode is not null && !TryParseMode(mode, out _))
            yield return new Problem($"{resource.Id.Title} has the mode \"{mode}\".", resource.Declared, "A mode is 3 or 4 octal digits (0 to 7).", "Write for example \"0640\".");
        foreach (var (what, name) in ((string, string?)[])[(Owner, owner), (Group, group)])
        {
            if (name is null) continue;
            if (name.Length == 0 || name.Any(c => char.IsWhiteSpace(c) || c is ':' or '\0'))
            {
                yield return new Problem($"{resource.Id.Title} has the {what} \"{name}\".", resource.Declared, "A name has no spaces and no colon.",
                    name.Split(':') is [{ Length: > 0 } user, { Length: > 0 } its] ? $"Say owner \"{user}\" and group \"{its}\"." : "Give a name or a number.");
            }
        }
        if (resource.IsAbsent && (mode ?? owner ?? group) is not null)
            yield return new Problem($"{resource.Id.Title} has a mode, owner or group and is declared absent.", resource.Declared, Fix: "Take away one of the two.");
    }

    public static UnixFileMode? Parse(string? mode) => mode is null ? null : TryParseMode(mode, out var bits) ? bits : throw new FormatException($"The mode \"{mode}\" is not 3 or 4 octal digits.");

    public static string Format(UnixFileMode mode) => string.Create(4, (int)mode, static (digits, bits) =>
    {
        for (var i = 3; i >= 0; i--, bits >>= 3) digits[i] = (char)('0' + (bits & 7));
    });

    /// <summary>Mode, owner and group of a desired state, in one form: what is not managed is left out.</summary>
    public static void AddDesired(List<PropertyValue> properties, string? mode, string? owner, string? group)
    {
        if (mode is not null) properties.Add(new PropertyValue(Mode, Format(Parse(mode)!.Value)));
        if (owner is not null) properties.Add(new PropertyValue(Owner, owner));
        if (group is not null) properties.Add(new PropertyValue(Group, group));
    }

    /// <summary>The same of a host. A number is shown in the words of the declaration when it means the same, so that both forms compare.</summary>
    public static void AddActual(List<PropertyValue> properties, FileStatus status, string? mode, string? owner, string? group, AccountNames accounts)
    {
        if (mode is not null) properties.Add(new PropertyValue(Mode, Format(status.Mode)));
        if (owner is not null) properties.Add(new PropertyValue(Owner, accounts.UserName(status.Owner.User, owner)));
        if (group is not null) properties.Add(new PropertyValue(Group, accounts.GroupName(status.Owner.Group, group)));
    }

    /// <summary>The numbers of a declared owner and group; what is not declared is taken from <paramref name="otherwise"/>.</summary>
    /// <exception cref="ProblemException">The machine knows no such user or group.</exception>
    public static FileOwner Resolve(Resource resource, string? owner, string? group, FileOwner otherwise, IMachine machine)
    {
        var accounts = new AccountNames(machine);
        return new FileOwner(
            owner is null ? otherwise.User : accounts.User(owner) ?? throw Unknown(resource, "user", owner, "/etc/passwd", machine),
            group is null ? otherwise.Group : accounts.Group(group) ?? throw Unknown(resource, Group, group, "/etc/group", machine));
    }

    private static ProblemException Unknown(Resource resource, string what, string name, string file, IMachine machine) => new(new Problem(
        $"{resource.Id.Title} cannot be given to {what} \"{name}\": {machine.Name} has no such {what} in {file}.",
        resource.Declared,
        Fix: $"Create the {what} first, or name another."));

    private static bool TryParseMode(string mode, out UnixFileMode bits)
    {
        bits = UnixFileMode.None;
        if (mode.Length is not (3 or 4) || mode.Any(c => c is < '0' or > '7')) return false;
        var value = 0;
        foreach (var digit in mode) value = (value << 3) | (digit - '0');
        bits = (UnixFileMode)value;
        return true;
    }
}
