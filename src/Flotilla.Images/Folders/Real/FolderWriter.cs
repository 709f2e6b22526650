using Flotilla.Images.Layout;

namespace Flotilla.Images.Folders.Real;

/// <summary>
/// Lays an image's files into a folder. Every step goes from an open folder to a name within it, and links are not followed, so nothing
/// that the image holds can lead outside (openat(2), O_NOFOLLOW).
/// </summary>
internal sealed class FolderWriter : IDisposable
{
    private readonly GraphImage _image;
    private readonly bool _root = Native.geteuid() == 0;
    private readonly byte[] _top;
    private readonly List<(string Name, int Folder)> _open = [];
    private readonly Dictionary<string, FlatNode> _made = [];
    private readonly List<(string Path, FlatNode Node)> _folders = [];
    private readonly List<(string Path, FlatNode Node)> _links = [];

    public FolderWriter(GraphImage image, string folder)
    {
        (_image, _top) = (image, Native.Z(folder));
        _open.Add(("", Open(Native.CurrentFolder, _top)));
    }

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var (path, node) in _image.Flatten().Walk())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (path.Length == 0) _folders.Add((path, node));
            else if (node.Member.Type == MemberType.HardLink) _links.Add((path, node));
            else await MakeAsync(path, node, cancellationToken);
        }
        foreach (var (path, node) in _links) await LinkAsync(path, node, cancellationToken);
        // A folder's time and mode are set when nothing more is put into it.
        for (var i = _folders.Count - 1; i >= 0; i--) Finish(_folders[i].Path, _folders[i].Node);
    }

    public void Dispose()
    {
        foreach (var (_, folder) in _open) _ = Native.close(folder);
        _open.Clear();
    }

    private async Task MakeAsync(string path, FlatNode node, CancellationToken cancellationToken)
    {
        var (folder, name) = Enter(path);
        var member = node.Member;
        switch (node.Type)
        {
            case MemberType.Directory:
                Check(Native.mkdirat(folder, name, 0b111_000_000), path);
                _folders.Add((path, node));
                return;
            case MemberType.SymbolicLink:
                Check(Native.symlinkat([.. Escaped.ToBytes(node.LinkTarget!), 0], folder, name), path);
                Own(folder, name, member, link: true, path);
                SetTime(folder, name, member, path);
                break;
            case MemberType.File:
                await WriteFileAsync(folder, name, path, node, cancellationToken);
                break;
            default:
                if (node.Type != MemberType.Pipe && !_root)
                    throw ImageException.Of(ImageFault.Unsupported, $"\"{path}\" is a device, which only root can make.", fix: "Run as root, or export to a tar.");
                var type = node.Type switch { MemberType.CharacterDevice => Native.TypeCharacter, MemberType.BlockDevice => Native.TypeBlock, _ => Native.TypePipe };
                Check(Native.mknodat(folder, name, (uint)(type | 0b110_000_000), Device(member)), path);
                Own(folder, name, member, link: false, path);
                Check(Native.fchmodat(folder, name, (uint)member.Mode, 0), path);
                SetTime(folder, name, member, path);
                break;
        }
        _made[path] = node;
    }

    private async Task WriteFileAsync(int folder, byte[] name, string path, FlatNode node, CancellationToken cancellationToken)
    {
        var descriptor = Native.openat(folder, name, Native.NewFile | Native.OpenNoFollow, 0b110_000_000);
        Check(descriptor, path);
        await using var file = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        if (_image.OpenFile(path, out _) is { } content)
            await using (content) await content.CopyToAsync(file, cancellationToken);
        Own(folder, name, node.Member, link: false, path);
        Check(Native.fchmodat(folder, name, (uint)node.Member.Mode, 0), path);
        foreach (var (key, value) in Attributes(node.Member)) SetAttribute(Native.fsetxattr(descriptor, Native.Z(key), value, (nuint)value.Length, 0), key, path);
        SetTime(folder, name, node.Member, path);
    }

    // The target may have been replaced by a layer above: then the link is a file of its own.
    private async Task LinkAsync(string path, FlatNode node, CancellationToken cancellationToken)
    {
        var target = string.Join('/', node.Member.Link!.Split('/').Where(part => part is not ("" or ".")));
        if (!_made.TryGetValue(target, out var its) || its.Blob != node.Blob)
        {
            await MakeAsync(path, node, cancellationToken);
            return;
        }
        var (from, old) = Enter(target);
        // Going to the other place closes the folders of this one.
        var kept = Open(from, [(byte)'.', 0]);
        try
        {
            var (folder, name) = Enter(path);
            Check(Native.linkat(kept, old, folder, name, 0), path);
        }
        finally
        {
            _ = Native.close(kept);
        }
        _made[path] = its;
    }

    private void Finish(string path, FlatNode node)
    {
        var parent = Native.CurrentFolder;
        var name = _top;
        if (path.Length > 0) (parent, name) = Enter(path);
        var folder = Open(parent, name);
        try
        {
            foreach (var (key, value) in Attributes(node.Member)) SetAttribute(Native.fsetxattr(folder, Native.Z(key), value, (nuint)value.Length, 0), key, path);
        }
        finally
        {
            _ = Native.close(folder);
        }
        Own(parent, name, node.Member, link: false, path);
        Check(Native.fchmodat(parent, name, (uint)node.Member.Mode, 0), path);
        SetTime(parent, name, node.Member, path);
    }

    /// <summary>The open folder that a path is in, and its last part as the system takes it. Folders that no member names are made.</summary>
    private (int Folder, byte[] Name) Enter(string path)
    {
        var parts = path.Split('/');
        var same = 0;
        while (same + 1 < _open.Count && same < parts.Length - 1 && _open[same + 1].Name == parts[same]) same++;
        while (_open.Count > same + 1)
        {
            _ = Native.close(_open[^1].Folder);
            _open.RemoveAt(_open.Count - 1);
        }
        for (var i = same; i < parts.Length - 1; i++)
        {
            var part = Bytes(parts[i], path);
            if (Native.mkdirat(_open[^1].Folder, part, 0b111_101_101) < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != Native.Exists) throw Failure(path);
            _open.Add((parts[i], Open(_open[^1].Folder, part)));
        }
        return (_open[^1].Folder, Bytes(parts[^1], path));
    }

    private static byte[] Bytes(string part, string path)
    {
        byte[] bytes = [.. Escaped.ToBytes(part), 0];
        return part is "" or "." or ".." || bytes.AsSpan(0, bytes.Length - 1).ContainsAny((byte)0, (byte)'/')
            ? throw ImageException.Of(ImageFault.PathEscapes, $"\"{path}\" leads outside the image.", fix: "Do not use this image: it may be meant to harm.")
            : bytes;
    }

    private static int Open(int folder, byte[] name)
    {
        var opened = Native.openat(folder, name, Native.OpenFolderFlags, 0);
        Native.Check(opened, name);
        return opened;
    }

    private void Own(int folder, byte[] name, Member member, bool link, string path)
    {
        if (_root) Check(Native.fchownat(folder, name, (uint)member.User, (uint)member.Group, Native.NoFollow), path);
        if (!link) return;
        foreach (var (key, value) in Attributes(member)) SetAttribute(Native.lsetxattr([.. Native.Z($"/proc/self/fd/{folder}/").AsSpan(..^1), .. name], Native.Z(key), value, (nuint)value.Length, 0), key, path);
    }

    private unsafe void SetTime(int folder, byte[] name, Member member, string path)
    {
        var nanoseconds = member.ModifiedFraction is { } fraction ? int.Parse(fraction.PadRight(9, '0')[..9], System.Globalization.CultureInfo.InvariantCulture) : 0;
        var time = new Native.Time { Seconds = (nint)member.Modified, Nanoseconds = nanoseconds };
        var times = stackalloc Native.Time[] { time, time };
        Check(Native.utimensat(folder, name, times, Native.NoFollow), path);
    }

    private IEnumerable<(string Name, byte[] Value)> Attributes(Member member) =>
        from each in member.Extensions ?? []
        where each.Key.StartsWith("x:", StringComparison.Ordinal)
        let name = each.Key[2..]
        // Others than user's are for root to set.
        where _root || name.StartsWith("user.", StringComparison.Ordinal)
        select (name, Convert.FromBase64String(each.Value!));

    private static void SetAttribute(int result, string name, string path)
    {
        if (result < 0) throw ImageException.Of(ImageFault.Unsupported, $"The attribute {name} of \"{path}\" cannot be set.", Native.Failure(Native.Z(path)).Message + ".", "Use a file system that has extended attributes, or export to a tar.");
    }

    private static ulong Device(Member member) =>
        ((ulong)(member.DeviceMajor & 0xfffff000) << 32) | ((ulong)(member.DeviceMajor & 0xfff) << 8) | ((ulong)(member.DeviceMinor & 0xffffff00) << 12) | (ulong)(member.DeviceMinor & 0xff);

    private static void Check(int result, string path)
    {
        if (result < 0) throw Failure(path);
    }

    private static IOException Failure(string path) => Native.Failure(Native.Z(path));
}
