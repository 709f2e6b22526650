using System.Text;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Layout;

/// <summary>Understands the head of a tar member: effective values, a path inside the image, and what the writer recorded how.</summary>
internal sealed class MemberParser(ImageLimits limits)
{
    private const string SparsePrefix = "GNU.sparse.";
    private const string AttributePrefix = "SCHILY.xattr.";

    public Member Parse(TarHead head, long position)
    {
        var main = head.Main;
        var member = new Member { Type = TypeOf(main, position) };
        member.Mode = (int)Number(main, TarField.Mode, "mode", position) & 0xfff;
        member.User = Number(main, TarField.User, "uid", position);
        member.Group = Number(main, TarField.Group, "gid", position);
        member.Modified = Number(main, TarField.Modified, "mtime", position);
        var size = Number(main, TarField.Size, "size", position);
        member.UserName = Escaped.From(TarField.UserName.Text(main));
        member.GroupName = Escaped.From(TarField.GroupName.Text(main));
        if (member.Type is MemberType.CharacterDevice or MemberType.BlockDevice)
        {
            member.DeviceMajor = Number(main, TarField.DeviceMajor, "devmajor", position);
            member.DeviceMinor = Number(main, TarField.DeviceMinor, "devminor", position);
        }
        var name = NameOf(main);
        var link = TarField.LinkName.Text(main).ToArray();
        for (var i = 0; i < head.BeforeCount; i++)
        {
            var data = head.BeforeData(i);
            switch ((char)head.BeforeHeader(i)[TarField.TypeOffset])
            {
                case 'L':
                    name = UpToNul(data).ToArray();
                    (member.Extensions ??= []).Add(("gnu:L", null));
                    break;
                case 'K':
                    link = UpToNul(data).ToArray();
                    (member.Extensions ??= []).Add(("gnu:K", null));
                    break;
                case 'g':
                    TakeGlobal(data, position);
                    break;
                default:
                    TakeRecords(member, data, position, ref name, ref link, ref size);
                    break;
            }
        }
        if (size < 0) throw Bad(position, "a negative size");
        if (member.Type == MemberType.File) member.Size = size;
        if (name.Length > limits.PathBytesMax || link.Length > limits.PathBytesMax)
            throw ImageException.Of(ImageFault.TooLarge, $"The path at byte {position} is longer than {limits.PathBytesMax} bytes.", fix: "Raise the limit if that is right.");
        if (name.Contains((byte)0) || link.Contains((byte)0)) throw Bad(position, "a path that contains NUL");
        // Old writers had no type for folders: a file's name that ends in a slash is one.
        if (member.Type == MemberType.File && name.Length > 0 && name[^1] == '/' && size == 0) member.Type = MemberType.Directory;
        member.Path = PathOf(name, position);
        member.Spelling = Escaped.From(name);
        if (member.Path.Length == 0 && member.Type != MemberType.Directory) throw Bad(position, "a member without a name");
        if (member.Type is MemberType.HardLink or MemberType.SymbolicLink)
        {
            if (member.Type == MemberType.HardLink) PathOf(link, position);
            member.Link = Escaped.From(link);
        }
        return member;
    }

    /// <summary>A name as a path inside the image: <c>.</c> and doubled slashes go, absolute ones begin at the image's root.</summary>
    public string PathOf(ReadOnlySpan<byte> name, long position)
    {
        var parts = new List<string>();
        foreach (var range in name.Split((byte)'/'))
        {
            var part = name[range];
            if (part.Length == 0 || part.SequenceEqual("."u8)) continue;
            if (part.SequenceEqual(".."u8))
                throw ImageException.Of(ImageFault.PathEscapes, $"The path \"{Escaped.From(name)}\" at byte {position} leads outside the image.", "it has a part \"..\".", "Do not use this archive: it may be meant to harm.");
            parts.Add(Escaped.From(part));
        }
        if (parts.Count > limits.DepthMax) throw ImageException.Of(ImageFault.TooLarge, $"The path at byte {position} has more than {limits.DepthMax} parts.", fix: "Raise the limit if that is right.");
        return string.Join('/', parts);
    }

    private static char TypeOf(ReadOnlySpan<byte> main, long position) => (char)main[TarField.TypeOffset] switch
    {
        '0' or '\0' or '7' => MemberType.File,
        '1' => MemberType.HardLink,
        '2' => MemberType.SymbolicLink,
        '3' => MemberType.CharacterDevice,
        '4' => MemberType.BlockDevice,
        '5' => MemberType.Directory,
        '6' => MemberType.Pipe,
        'S' => throw Sparse(position),
        var other => throw ImageException.Of(ImageFault.Unsupported, $"The member at byte {position} has the type {(int)other} ({(char.IsAsciiLetterOrDigit(other) ? other : '?')}), which images do not know.", fix: "Write the archive with files, folders, links and devices only."),
    };

    private void TakeRecords(Member member, ReadOnlySpan<byte> data, long position, ref byte[] name, ref byte[] link, ref long size)
    {
        var records = PaxRecords.Read(data) ?? throw Bad(position, "malformed extended records");
        member.Extensions ??= [];
        foreach (var (key, value) in records)
        {
            // An empty value takes a record back (POSIX); it is kept as it is and changes nothing.
            if (value.Length == 0 && !key.StartsWith(AttributePrefix, StringComparison.Ordinal))
            {
                member.Extensions.Add(("pax:" + key, ""));
                continue;
            }
            if (key.StartsWith(SparsePrefix, StringComparison.Ordinal)) throw Sparse(position);
            if (key.StartsWith(AttributePrefix, StringComparison.Ordinal))
            {
                member.Extensions.Add(("x:" + key[AttributePrefix.Length..], Convert.ToBase64String(value)));
                continue;
            }
            switch (key)
            {
                case "path": name = value; break;
                case "linkpath": link = value; break;
                case "size": size = Number(value, key, position); break;
                case "uid": member.User = Number(value, key, position); break;
                case "gid": member.Group = Number(value, key, position); break;
                case "uname": member.UserName = Escaped.From(value); break;
                case "gname": member.GroupName = Escaped.From(value); break;
                case "mtime": TakeTime(member, value, position); break;
                default:
                    member.Extensions.Add(("pax:" + key, Escaped.From(value)));
                    continue;
            }
            // Whether the value follows from the fields is found once all are known.
            member.Extensions.Add(("pax:" + key, Escaped.From(value)));
        }
        if (name.Length == 0) throw Bad(position, "an empty path");
    }

    private static void TakeGlobal(ReadOnlySpan<byte> data, long position)
    {
        foreach (var (key, _) in PaxRecords.Read(data) ?? throw Bad(position, "malformed global records"))
            if (key is not "comment" and not "hdrcharset" and not "charset" && !key.StartsWith("SCHILY.archtype", StringComparison.Ordinal) && !key.StartsWith("VENDOR.", StringComparison.Ordinal))
                throw ImageException.Of(ImageFault.Unsupported, $"A global header at byte {position} sets \"{key}\" for all members that follow.", fix: "Write the archive without global headers, for example with GNU tar's --format=gnu.");
    }

    // "123", "123.45", "-1.5": the part before the point rounded down.
    private static void TakeTime(Member member, ReadOnlySpan<byte> value, long position)
    {
        var point = value.IndexOf((byte)'.');
        if (!TarHeader.TryDecimal(point < 0 ? value : value[..point], out var seconds)) throw Bad(position, "a time that is no number");
        member.Modified = seconds;
        if (point < 0) return;
        var fraction = value[(point + 1)..];
        if (fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')) throw Bad(position, "a time that is no number");
        var text = Encoding.ASCII.GetString(fraction).TrimEnd('0');
        if (text.Length > 0 && !value.StartsWith("-"u8)) member.ModifiedFraction = text;
    }

    private static byte[] NameOf(ReadOnlySpan<byte> main)
    {
        var name = TarField.Name.Text(main);
        if (!TarHeader.HasPrefix(main)) return name.ToArray();
        var prefix = TarField.Prefix.Text(main);
        return prefix.Length == 0 ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    private static ReadOnlySpan<byte> UpToNul(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)0);
        return end < 0 ? data : data[..end];
    }

    private static long Number(ReadOnlySpan<byte> main, TarField field, string name, long position) =>
        TarHeader.TryNumber(field.Of(main), out var value) ? value : throw Bad(position, $"a {name} that is no number");

    private static long Number(ReadOnlySpan<byte> value, string key, long position) =>
        TarHeader.TryDecimal(value, out var number) && number >= 0 ? number : throw Bad(position, $"a record {key} that is no number");

    private static ImageException Sparse(long position) => ImageException.Of(
        ImageFault.Unsupported, $"The member at byte {position} is a sparse file, which layers must not have.",
        fix: "Write the archive without --sparse.");

    private static ImageException Bad(long position, string what) =>
        ImageException.Of(ImageFault.BadTar, $"The member at byte {position} has {what}.", fix: "Fetch or write the archive again.");
}
