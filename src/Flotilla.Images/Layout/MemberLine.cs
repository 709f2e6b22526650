using System.Globalization;
using System.Text;

namespace Flotilla.Images.Layout;

/// <summary>
/// A member as one line of a metadata shard, separated by tabs: path (<c>.</c> for the root), type, mode in octal, user, group, time,
/// then <c>key=value</c> for what else there is; hashes are in base64, which takes less room than digits. Names of users and groups stand there only where the layer's table says otherwise.
/// </summary>
internal static class MemberLine
{
    public static void Append(StringBuilder to, Member member, Dialect dialect)
    {
        var culture = CultureInfo.InvariantCulture;
        to.Append(member.Path.Length == 0 ? "." : member.Path).Append('\t').Append(member.Type).Append('\t')
            .Append(Convert.ToString(member.Mode, 8)).Append('\t').Append(culture, $"{member.User}\t{member.Group}\t").Append(member.ModifiedText);
        if (member.Type == MemberType.File) to.Append(culture, $"\tsize={member.Size}");
        if (member.Sha256 is { } hash) Add("sha256", Convert.ToBase64String(hash));
        if (member.Link is { } link) Add("link", link);
        if (member.Type is MemberType.CharacterDevice or MemberType.BlockDevice) to.Append(culture, $"\tdev={member.DeviceMajor}:{member.DeviceMinor}");
        if (!dialect.Users.TryGetValue(member.User, out var user) || user != member.UserName) Add("uname", member.UserName);
        if (!dialect.Groups.TryGetValue(member.Group, out var group) || group != member.GroupName) Add("gname", member.GroupName);
        if (member.Spelling is { } spelling) Add("name", spelling);
        if (member.Again > 0) to.Append(culture, $"\tagain={member.Again}");
        foreach (var (key, value) in member.Extensions ?? [])
        {
            // A key may contain anything but what ends it.
            to.Append('\t').Append(key.Replace("=", "%3D"));
            if (value is not null) to.Append('=').Append(value);
        }
        if (member.Patch is { } patch) Add("head", patch);
        if (member.Raw is { } raw) Add("raw", raw);
        if (member.Padding is { } padding) Add("pad", padding);
        to.Append('\n');

        void Add(string key, string value) => to.Append('\t').Append(key).Append('=').Append(value);
    }

    /// <param name="line">Without its newline.</param>
    /// <param name="dialect">The layer's, for the names of users and groups.</param>
    public static Member Parse(ReadOnlySpan<char> line, Dialect dialect)
    {
        var member = new Member();
        var path = Field(ref line);
        member.Path = path is "." ? "" : path.ToString();
        var type = Field(ref line);
        if (type.Length != 1) throw Bad();
        member.Type = type[0];
        foreach (var digit in Field(ref line)) member.Mode = (member.Mode << 3) + (digit - '0');
        member.User = Number(Field(ref line));
        member.Group = Number(Field(ref line));
        var time = Field(ref line);
        var point = time.IndexOf('.');
        member.Modified = Number(point < 0 ? time : time[..point]);
        if (point >= 0) member.ModifiedFraction = time[(point + 1)..].ToString();
        if (dialect.Users.TryGetValue(member.User, out var user)) member.UserName = user;
        if (dialect.Groups.TryGetValue(member.Group, out var group)) member.GroupName = group;
        while (line.Length > 0) Take(member, Field(ref line));
        return member;
    }

    private static void Take(Member member, ReadOnlySpan<char> field)
    {
        var equals = field.IndexOf('=');
        var key = equals < 0 ? field : field[..equals];
        var value = equals < 0 ? default : field[(equals + 1)..];
        switch (key)
        {
            case "size": member.Size = Number(value); break;
            case "sha256": member.Sha256 = Convert.FromBase64String(value.ToString()); break;
            case "link": member.Link = value.ToString(); break;
            case "dev":
                var colon = value.IndexOf(':');
                if (colon < 0) throw Bad();
                member.DeviceMajor = Number(value[..colon]);
                member.DeviceMinor = Number(value[(colon + 1)..]);
                break;
            case "uname": member.UserName = value.ToString(); break;
            case "gname": member.GroupName = value.ToString(); break;
            case "name": member.Spelling = value.ToString(); break;
            case "again": member.Again = (int)Number(value); break;
            case "head": member.Patch = value.ToString(); break;
            case "raw": member.Raw = value.ToString(); break;
            case "pad": member.Padding = value.ToString(); break;
            default:
                if (!key.Contains(':')) throw Bad();
                (member.Extensions ??= []).Add((key.ToString().Replace("%3D", "="), equals < 0 ? null : value.ToString()));
                break;
        }
    }

    private static ReadOnlySpan<char> Field(ref ReadOnlySpan<char> line)
    {
        var tab = line.IndexOf('\t');
        var field = tab < 0 ? line : line[..tab];
        line = tab < 0 ? default : line[(tab + 1)..];
        return field;
    }

    private static long Number(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Bad();

    private static FormatException Bad() => new("A metadata line is malformed.");
}
