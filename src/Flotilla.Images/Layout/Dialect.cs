using System.Globalization;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Layout;

/// <summary>
/// A writer's habits, learned from the first header of each kind, so that the other headers of a layer need not be stored: how
/// numbers are padded, which magic stands there, how names begin, what extended headers are called.
/// </summary>
internal sealed class Dialect
{
    public const char PaxHeader = 'x';
    public const char LongName = 'L';
    public const char LongLink = 'K';

    private const int DirectoryBits = 0xfff;

    private static ReadOnlySpan<byte> LongLinkName => "././@LongLink"u8;

    private readonly SortedDictionary<char, Template> _templates = [];

    /// <summary>What names begin with: <c>./</c>, <c>/</c> or nothing.</summary>
    public string? Prefix { get; set; }

    /// <summary>Whether the names of folders end in a slash.</summary>
    public bool? DirectorySlash { get; set; }

    /// <summary>Names of users and groups by number, as first seen.</summary>
    public SortedDictionary<long, string> Users { get; } = [];

    public SortedDictionary<long, string> Groups { get; } = [];

    /// <summary>Name of an extended header: <c>%d</c> and <c>%f</c> are the member's folder and base name.</summary>
    public string? PaxName { get; set; }

    /// <summary>Whether an extended header has the time of its member.</summary>
    public bool PaxTime { get; set; }

    public IEnumerable<(char Kind, byte[] Header)> Templates => _templates.Select(pair => (pair.Key, pair.Value.Header));

    public void AddTemplate(char kind, ReadOnlySpan<byte> header)
    {
        // What a member says itself is left out, so that the template stays the same when the first member changes.
        Span<byte> kept = stackalloc byte[TarHeader.BlockSize];
        header.CopyTo(kept);
        TarField.Name.Of(kept).Clear();
        if (kind is not (PaxHeader or LongName or LongLink))
        {
            TarField.LinkName.Of(kept).Clear();
            TarField.UserName.Of(kept).Clear();
            TarField.GroupName.Of(kept).Clear();
            kept[TarField.Prefix.Offset..].Clear();
        }
        _templates[kind] = new Template(kept);
    }

    /// <summary>Takes from a member what no earlier one said, and shortens what follows from it.</summary>
    public void Learn(Member member, TarHead head)
    {
        if (!_templates.ContainsKey(member.Type)) AddTemplate(member.Type, head.Main);
        Users.TryAdd(member.User, member.UserName);
        Groups.TryAdd(member.Group, member.GroupName);
        var spelling = member.Spelling!;
        if (Prefix is null && member.Path.Length > 0)
            Prefix = spelling.StartsWith("./", StringComparison.Ordinal) ? "./" : spelling.StartsWith('/') ? "/" : "";
        if (member.Type == MemberType.Directory && member.Path.Length > 0) DirectorySlash ??= spelling.EndsWith('/');
        for (var i = 0; i < head.BeforeCount; i++)
        {
            var header = head.BeforeHeader(i);
            var kind = (char)header[TarField.TypeOffset];
            if (kind is not (PaxHeader or LongName or LongLink) || _templates.ContainsKey(kind)) continue;
            AddTemplate(kind, header);
            if (kind != PaxHeader) continue;
            PaxName = PaxNameOf(Escaped.From(TarField.Name.Text(header)), spelling);
            PaxTime = TarHeader.TryNumber(TarField.Modified.Of(header), out var time) && time == member.Modified && time != 0;
        }
        if (member.Extensions is { } extensions)
            for (var i = 0; i < extensions.Count; i++)
                if (extensions[i].Value is { } value && value == Derived(member, extensions[i].Key, spelling)) extensions[i] = (extensions[i].Key, null);
        if (spelling == Spelled(member)) member.Spelling = null;
    }

    /// <summary>The name that this writer would give a member.</summary>
    public string Spelled(Member member)
    {
        // Not from the prefix: the root comes first, when that is not known yet.
        if (member.Path.Length == 0) return "./";
        return Prefix + member.Path + (member.Type == MemberType.Directory && DirectorySlash == true ? "/" : "");
    }

    /// <summary>The head that this writer would write.</summary>
    public byte[] Render(Member member)
    {
        var spelling = member.Spelling ?? Spelled(member);
        var name = Escaped.ToBytes(spelling);
        var link = member.Link is null ? [] : Escaped.ToBytes(member.Link);
        if (member.Extensions is null)
        {
            var only = new byte[TarHeader.BlockSize];
            WriteMain(only, member, name, link, whole: true);
            return only;
        }
        var head = new List<byte>();
        var records = false;
        var whole = true;
        foreach (var (key, _) in member.Extensions)
        {
            if (key == "gnu:L")
            {
                AddLong(head, LongName, name);
                whole = false;
            }
            else if (key == "gnu:K") AddLong(head, LongLink, link);
            else if (!records)
            {
                AddRecords(head, member, spelling);
                records = true;
            }
            if (key == "pax:path") whole = false;
        }
        var main = new byte[TarHeader.BlockSize];
        WriteMain(main, member, name, link, whole);
        head.AddRange(main);
        return [.. head];
    }

    private void WriteMain(Span<byte> block, Member member, ReadOnlySpan<byte> name, ReadOnlySpan<byte> link, bool whole)
    {
        if (!_templates.TryGetValue(member.Type, out var template)) return;
        template.Begin(block);
        var split = whole && name.Length > TarField.Name.Length && TarHeader.HasPrefix(block) ? PrefixLength(name) : 0;
        if (split > 0)
        {
            name[..split].CopyTo(TarField.Prefix.Of(block));
            name[(split + 1)..].CopyTo(TarField.Name.Of(block));
        }
        else Cut(name, TarField.Name).CopyTo(TarField.Name.Of(block));
        Cut(link, TarField.LinkName).CopyTo(TarField.LinkName.Of(block));
        Cut(Escaped.ToBytes(member.UserName), TarField.UserName).CopyTo(TarField.UserName.Of(block));
        Cut(Escaped.ToBytes(member.GroupName), TarField.GroupName).CopyTo(TarField.GroupName.Of(block));
        template.Mode.Write(TarField.Mode.Of(block), template.ModeAbove | (long)member.Mode);
        template.User.Write(TarField.User.Of(block), member.User);
        template.Group.Write(TarField.Group.Of(block), member.Group);
        template.Size.Write(TarField.Size.Of(block), member.ContentLength);
        template.Modified.Write(TarField.Modified.Of(block), member.Modified);
        if (member.Type is MemberType.CharacterDevice or MemberType.BlockDevice)
        {
            template.DeviceMajor.Write(TarField.DeviceMajor.Of(block), member.DeviceMajor);
            template.DeviceMinor.Write(TarField.DeviceMinor.Of(block), member.DeviceMinor);
        }
        template.Seal(block);
    }

    private void AddLong(List<byte> head, char kind, ReadOnlySpan<byte> text)
    {
        if (!_templates.TryGetValue(kind, out var template)) return;
        AddBefore(head, template, LongLinkName, [.. text, 0], template.RawTime);
    }

    private void AddRecords(List<byte> head, Member member, string spelling)
    {
        if (!_templates.TryGetValue(PaxHeader, out var template)) return;
        var data = new List<byte>();
        foreach (var (key, value) in member.Extensions!)
        {
            if (key.StartsWith("x:", StringComparison.Ordinal)) PaxRecords.Append(data, "SCHILY.xattr." + key[2..], Convert.FromBase64String(value!));
            else if (key.StartsWith("pax:", StringComparison.Ordinal)) PaxRecords.Append(data, key[4..], Escaped.ToBytes(value ?? Derived(member, key, spelling) ?? ""));
        }
        var (folder, file) = Split(spelling);
        var name = Escaped.ToBytes(PaxName!.Replace("%d", folder).Replace("%f", file));
        AddBefore(head, template, name, data, PaxTime ? member.Modified : template.RawTime);
    }

    private static void AddBefore(List<byte> head, Template template, ReadOnlySpan<byte> name, List<byte> data, long time)
    {
        Span<byte> block = stackalloc byte[TarHeader.BlockSize];
        template.Begin(block);
        Cut(name, TarField.Name).CopyTo(TarField.Name.Of(block));
        TarField.LinkName.Of(template.Header).CopyTo(TarField.LinkName.Of(block));
        TarField.Mode.Of(template.Header).CopyTo(TarField.Mode.Of(block));
        TarField.User.Of(template.Header).CopyTo(TarField.User.Of(block));
        TarField.Group.Of(template.Header).CopyTo(TarField.Group.Of(block));
        TarField.UserName.Of(template.Header).CopyTo(TarField.UserName.Of(block));
        TarField.GroupName.Of(template.Header).CopyTo(TarField.GroupName.Of(block));
        template.Size.Write(TarField.Size.Of(block), data.Count);
        template.Modified.Write(TarField.Modified.Of(block), time);
        template.Seal(block);
        head.AddRange(block);
        head.AddRange(data);
        head.AddRange(new byte[-data.Count & (TarHeader.BlockSize - 1)]);
    }

    private static string? Derived(Member member, string key, string spelling) => key switch
    {
        "pax:path" => spelling,
        "pax:linkpath" => member.Link,
        "pax:size" => member.Size.ToString(CultureInfo.InvariantCulture),
        "pax:uid" => member.User.ToString(CultureInfo.InvariantCulture),
        "pax:gid" => member.Group.ToString(CultureInfo.InvariantCulture),
        "pax:uname" => member.UserName,
        "pax:gname" => member.GroupName,
        "pax:mtime" => member.ModifiedText,
        _ => null,
    };

    // A % of the name itself is %25 in its escaped form, so %d and %f are free.
    private static string PaxNameOf(string header, string spelling)
    {
        var (folder, file) = Split(spelling);
        if (header.EndsWith("/" + file, StringComparison.Ordinal) && header.StartsWith(folder + "/", StringComparison.Ordinal) && header.Length > folder.Length + file.Length + 2)
            return $"%d/{header[(folder.Length + 1)..^(file.Length + 1)]}/%f";
        return header;
    }

    private static (string Folder, string File) Split(string spelling)
    {
        var trimmed = spelling.TrimEnd('/');
        var slash = trimmed.LastIndexOf('/');
        return slash < 0 ? (".", trimmed) : (slash == 0 ? "" : trimmed[..slash], trimmed[(slash + 1)..]);
    }

    // As GNU tar and Go's archive/tar split: at the last slash within the first 156 bytes.
    private static int PrefixLength(ReadOnlySpan<byte> name)
    {
        var length = name.Length;
        if (length > TarField.Prefix.Length + 1) length = TarField.Prefix.Length + 1;
        else if (name[length - 1] == '/') length--;
        var at = name[..length].LastIndexOf((byte)'/');
        return at > 0 && name.Length - at - 1 is > 0 and <= 100 ? at : 0;
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, TarField field) => text.Length > field.Length ? text[..field.Length] : text;

    private sealed class Template
    {
        private readonly NumberStyle _checksum;

        public Template(ReadOnlySpan<byte> header)
        {
            Header = header.ToArray();
            Mode = NumberStyle.Of(TarField.Mode.Of(header));
            User = NumberStyle.Of(TarField.User.Of(header));
            Group = NumberStyle.Of(TarField.Group.Of(header));
            Size = NumberStyle.Of(TarField.Size.Of(header));
            Modified = NumberStyle.Of(TarField.Modified.Of(header));
            DeviceMajor = NumberStyle.Of(TarField.DeviceMajor.Of(header));
            DeviceMinor = NumberStyle.Of(TarField.DeviceMinor.Of(header));
            _checksum = NumberStyle.Of(TarField.Checksum.Of(header));
            ModeAbove = TarHeader.TryNumber(TarField.Mode.Of(header), out var mode) ? mode & ~DirectoryBits : 0;
            RawTime = TarHeader.TryNumber(TarField.Modified.Of(header), out var time) ? time : 0;
        }

        public byte[] Header { get; }
        public NumberStyle Mode { get; }
        public NumberStyle User { get; }
        public NumberStyle Group { get; }
        public NumberStyle Size { get; }
        public NumberStyle Modified { get; }
        public NumberStyle DeviceMajor { get; }
        public NumberStyle DeviceMinor { get; }
        public long ModeAbove { get; }
        public long RawTime { get; }

        /// <summary>What no field of a member says: type, magic, device numbers where there is no device.</summary>
        public void Begin(Span<byte> block)
        {
            block.Clear();
            block[TarField.TypeOffset] = Header[TarField.TypeOffset];
            TarField.Magic.Of(Header).CopyTo(TarField.Magic.Of(block));
            TarField.DeviceMajor.Of(Header).CopyTo(TarField.DeviceMajor.Of(block));
            TarField.DeviceMinor.Of(Header).CopyTo(TarField.DeviceMinor.Of(block));
        }

        public void Seal(Span<byte> block) => _checksum.Write(TarField.Checksum.Of(block), TarHeader.Checksum(block));
    }
}
