using System.Globalization;
using System.Runtime.InteropServices;
using Flotilla.Images.Exporting;
using Flotilla.Images.Layout;
using Microsoft.Win32.SafeHandles;

namespace Flotilla.Images.Folders.Real;

/// <summary>
/// Writes the files of an image below a new folder, with owners, modes, times, attributes, hard links and devices. Every name is opened
/// relative to the folder that was opened before it, and a link is never followed, so nothing is written elsewhere whatever the image
/// holds.
/// </summary>
/// <param name="image">The image.</param>
/// <param name="forOverlay">Whether an overlay is to be mounted over it: attributes and devices that one would take for its own marks are left out.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class Checkout(GraphImage image, bool forOverlay, CancellationToken cancellationToken)
{
    private const string OverlayAttributes = "trusted.overlay.";
    private const string UserAttributes = "user.";
    private const int Permissions = 0x1ff;

    private readonly bool _root = Posix.IsRoot;
    private readonly List<(string Path, Member Member)> _folders = [];
    private readonly List<(string Path, FlatNode Node)> _hardLinks = [];
    private readonly Dictionary<string, FlatNode> _files = [];
    private readonly ContentLookup _contents = new(image.Store, image.Rootfs, null);
    private readonly byte[] _buffer = new byte[128 * 1024];

    /// <param name="target">A folder that is there and empty.</param>
    public void Run(string target)
    {
        using var root = new FolderCursor(target);
        foreach (var (path, node) in image.Flatten().Walk())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (node.Member.Type == MemberType.HardLink) _hardLinks.Add((path, node));
            else Place(root, path, node);
        }
        foreach (var (path, node) in _hardLinks) PlaceHardLink(root, path, node);
        // Last and from below, since each entry made changes the time of its folder, and a mode may forbid to make one.
        for (var at = _folders.Count - 1; at >= 0; at--)
        {
            var (path, member) = _folders[at];
            var (folder, name) = path.Length == 0 ? (root.Descend(""), Posix.Name(".")) : root.Parent(path);
            Describe(folder, name, member, isLink: false);
        }
    }

    private void Place(FolderCursor root, string path, FlatNode node)
    {
        if (path.Length == 0)
        {
            _folders.Add((path, node.Member));
            return;
        }
        var (folder, name) = root.Parent(path);
        var member = node.Member;
        switch (node.Type)
        {
            case MemberType.Directory:
                if (Posix.MakeFolderAt(folder, name, 0x1c0) < 0 && Marshal.GetLastPInvokeError() != Posix.Exists) Fail(path);
                _folders.Add((path, member));
                return;
            case MemberType.File:
                WriteFile(folder, name, path);
                _files[path] = node;
                Describe(folder, name, member, isLink: false);
                return;
            case MemberType.SymbolicLink:
                if (Posix.MakeLinkAt([.. Escaped.ToBytes(node.LinkTarget!), 0], folder, name) < 0) Fail(path);
                Describe(folder, name, member, isLink: true);
                return;
            default:
                if (!_root && node.Type != MemberType.Pipe)
                    throw ImageException.Of(ImageFault.Unsupported, $"\"{path}\" is a device, which only root can make.", fix: "Run as root, or export to a tar.");
                if (forOverlay && node.Type == MemberType.CharacterDevice && member is { DeviceMajor: 0, DeviceMinor: 0 }) return;
                var type = node.Type switch { MemberType.CharacterDevice => Posix.Character, MemberType.BlockDevice => Posix.Block, _ => Posix.Pipe };
                if (Posix.MakeNodeAt(folder, name, type | 0x180, type == Posix.Pipe ? 0 : Posix.Device((ulong)member.DeviceMajor, (ulong)member.DeviceMinor)) < 0) Fail(path);
                Describe(folder, name, member, isLink: false);
                return;
        }
    }

    private void PlaceHardLink(FolderCursor root, string path, FlatNode node)
    {
        var target = string.Join('/', node.Member.Link!.Split('/').Where(part => part is not ("" or ".")));
        // A layer above may have put another file at the target: then the link is what is left of the first.
        if (_files.TryGetValue(target, out var file) && node.Type == MemberType.File && file.Sha256.AsSpan().SequenceEqual(node.Sha256))
        {
            var (fromFolder, from) = root.Parent(target);
            using var kept = Duplicate(fromFolder);
            var (folder, name) = root.Parent(path);
            if (Posix.LinkAt(kept.Number, from, folder, name, 0) < 0) Fail(path);
            _files[path] = file;
            return;
        }
        if (node.Type == MemberType.File || node.Type == MemberType.SymbolicLink) Place(root, path, node);
        else Link(root, path, target);
    }

    private static void Link(FolderCursor root, string path, string target)
    {
        var (fromFolder, from) = root.Parent(target);
        using var kept = Duplicate(fromFolder);
        var (folder, name) = root.Parent(path);
        if (Posix.LinkAt(kept.Number, from, folder, name, 0) < 0) Fail(path);
    }

    // The cursor may close a folder when it goes elsewhere.
    private static OpenFolder Duplicate(int folder) =>
        new(Posix.Check(Posix.OpenAt(folder, Posix.Name("."), Posix.PathOnly | Posix.OnlyFolder | Posix.CloseOnExec, 0), "Opening a folder of the image"));

    private void WriteFile(int folder, byte[] name, string path)
    {
        var number = Posix.OpenAt(folder, name, Posix.WriteOnly | Posix.Create | Posix.Exclusive | Posix.NoFollow | Posix.CloseOnExec, 0x180);
        if (number < 0) Fail(path);
        using var file = new FileStream(new SafeFileHandle(number, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        var blob = _contents.FindVisible(path)
            ?? throw ImageException.Of(ImageFault.DamagedGraph, $"The content of \"{path}\" is not in the graph.", fix: "Run \"git fsck\" in the graph and fetch it again from where it was pushed to.");
        using var content = image.Store.Open(blob, out _);
        for (int read; (read = content.Read(_buffer)) > 0;) file.Write(_buffer, 0, read);
    }

    private unsafe void Describe(int folder, byte[] name, Member member, bool isLink)
    {
        if (_root && Posix.OwnAt(folder, name, (uint)member.User, (uint)member.Group, Posix.NoFollowAt) < 0) Fail(member.Path);
        // Before the mode: only who may write a file may set them, unless it is root.
        SetAttributes(folder, name, member, ofUser: true);
        // After the owner: a change of owner takes away set-id bits and capabilities.
        if (!isLink && Posix.ModeAt(folder, name, (uint)(member.Mode & (_root ? 0xfff : Permissions)), 0) < 0) Fail(member.Path);
        SetAttributes(folder, name, member, ofUser: false);
        var times = stackalloc long[4];
        times[0] = times[2] = member.Modified;
        times[1] = times[3] = member.ModifiedFraction is { } fraction ? long.Parse(fraction.PadRight(9, '0')[..9], CultureInfo.InvariantCulture) : 0;
        if (Posix.TimesAt(folder, name, times, isLink ? Posix.NoFollowAt : 0) < 0) Fail(member.Path);
    }

    private void SetAttributes(int folder, byte[] name, Member member, bool ofUser)
    {
        foreach (var (key, value) in member.Extensions ?? [])
        {
            if (!key.StartsWith("x:", StringComparison.Ordinal) || key.StartsWith("x:" + UserAttributes, StringComparison.Ordinal) != ofUser) continue;
            if (value is null || (forOverlay && key.StartsWith("x:" + OverlayAttributes, StringComparison.Ordinal))) continue;
            var bytes = Convert.FromBase64String(value);
            if (Posix.SetAttribute(Posix.Within(folder, name), [.. Escaped.ToBytes(key[2..]), 0], bytes, (nuint)bytes.Length, 0) >= 0) continue;
            if (_root && Marshal.GetLastPInvokeError() != Posix.NotSupported) Fail(member.Path);
        }
    }

    private static void Fail(string path) => Posix.Check(-1, $"Checking out \"{path}\"");
}
