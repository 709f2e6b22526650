using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Flotilla.Core.Machines.Real;

/// <summary>
/// Finds paths of a machine on this host. With a root other than <c>/</c>, it goes from directory to directory by open
/// descriptors and resolves each link itself, so that no link, absolute or with <c>..</c>, leads out of the root, and
/// none that is swapped in meanwhile does.
/// </summary>
/// <remarks>The same result as RESOLVE_IN_ROOT of openat2(2), on kernels and in sandboxes that lack it.</remarks>
internal sealed class LocalTree
{
    public LocalTree(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Root = MachinePath.Normalize(Path.GetFullPath(root));
        IsHost = Root == "/";
    }

    public string Root { get; }

    /// <summary>True when the tree is the one of this host, where the kernel resolves paths.</summary>
    public bool IsHost { get; }

    /// <summary>Finds the directory of a path's last part. Dispose the result; when it has an error, the directory was not found.</summary>
    public Location Locate(string path)
    {
        var normalized = MachinePath.Normalize(path);
        if (IsHost) return new Location(path, normalized, Descriptor.None, Libc.AtCurrentDirectory, normalized, 0);
        if (normalized == "/") return Walked(path, normalized, Walk("/"), ".");
        var (parent, name) = MachinePath.Split(normalized);
        return Walked(path, normalized, Walk(parent), name);
    }

    /// <summary>Opens the directory that holds a path, as one to work in and to sync where that is allowed.</summary>
    public Descriptor OpenParent(Location location)
    {
        var name = IsHost ? location.Parent : ".";
        var open = Descriptor.Open(location.Directory, name, Libc.OpenReadOnly | Libc.OpenDirectory);
        return open.IsOpen || open.Error != Libc.AccessDenied ? open
            : Descriptor.Open(location.Directory, name, Libc.OpenPath | Libc.OpenDirectory);
    }

    /// <summary>Where a path is on this host, links in the middle resolved inside the root; what does not exist is appended as it is.</summary>
    public string RealPath(string path)
    {
        var normalized = MachinePath.Normalize(path);
        if (IsHost || normalized == "/") return IsHost ? normalized : Root;
        var (parent, name) = MachinePath.Split(normalized);
        using var walk = Walk(parent);
        var names = walk.Names.Concat(walk.Missing).Append(name);
        return Root.TrimEnd('/') + "/" + string.Join('/', names);
    }

    /// <summary>Where a directory is on this host, its last part's link resolved too; null when there is none.</summary>
    public string? RealDirectory(string path)
    {
        var normalized = MachinePath.Normalize(path);
        if (IsHost) return Directory.Exists(normalized) ? normalized : null;
        using var walk = Walk(normalized);
        return walk.Error == 0 ? Root.TrimEnd('/') + "/" + string.Join('/', walk.Names) : null;
    }

    private static Location Walked(string path, string normalized, Walk walk, string name)
    {
        var directory = walk.TakeDirectory();
        var location = new Location(path, normalized, directory, directory.Number, name, walk.Error);
        walk.Dispose();
        return location;
    }

    // Follows the directories of a normalised path, links of all parts too.
    private Walk Walk(string normalized)
    {
        var walk = new Walk(Descriptor.Open(Libc.AtCurrentDirectory, Root, Libc.OpenPath | Libc.OpenDirectory));
        var parts = new Stack<string>(MachinePath.Parts(normalized).Reverse());
        for (var links = 0; walk.Error == 0 && parts.TryPop(out var part);)
        {
            if (part == ".") continue;
            if (part == "..")
            {
                walk.Leave();
                continue;
            }
            var next = Descriptor.Open(walk.Here, part, Libc.OpenPath | Libc.OpenNoFollow | Libc.OpenDirectory);
            if (next.IsOpen)
            {
                walk.Enter(next, part);
                continue;
            }
            var target = next.Error == Libc.NotADirectory ? ReadLink(walk.Here, part) : null;
            if (target is null || ++links > MachinePath.LinksMax)
            {
                walk.Stop(target is null ? next.Error : Libc.TooManyLinks, [part, .. parts]);
                break;
            }
            if (target[0] == '/') walk.LeaveAll();
            foreach (var step in MachinePath.Parts(target).Reverse()) parts.Push(step);
        }
        return walk;
    }

    /// <summary>What a link says, or null when it is none.</summary>
    public static unsafe string? ReadLink(int directory, string name)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MachinePath.PathBytesMax + 1);
        try
        {
            fixed (byte* bytes = buffer)
            {
                var length = Libc.ReadLinkAt(directory, name, bytes, (nuint)buffer.Length);
                return length <= 0 ? null : Encoding.UTF8.GetString(buffer, 0, (int)length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>The open directories from the root to where a walk stands.</summary>
internal sealed class Walk(Descriptor root) : IDisposable
{
    private readonly List<Descriptor> _open = [root];

    public int Here => _open[^1].Number;

    public int Error { get; private set; } = root.Error;

    /// <summary>The names of the directories below the root, none of them a link.</summary>
    public List<string> Names { get; } = [];

    /// <summary>What was still to go when the walk stopped.</summary>
    public IReadOnlyList<string> Missing { get; private set; } = [];

    public void Enter(Descriptor directory, string name)
    {
        _open.Add(directory);
        Names.Add(name);
    }

    public void Leave()
    {
        if (Names.Count == 0) return;
        _open[^1].Dispose();
        _open.RemoveAt(_open.Count - 1);
        Names.RemoveAt(Names.Count - 1);
    }

    public void LeaveAll()
    {
        while (Names.Count > 0) Leave();
    }

    public void Stop(int error, IReadOnlyList<string> missing)
    {
        Error = error;
        Missing = missing;
    }

    /// <summary>Hands the last directory over to the caller, who closes it.</summary>
    public Descriptor TakeDirectory()
    {
        var directory = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        return directory;
    }

    public void Dispose()
    {
        foreach (var directory in _open) directory.Dispose();
        _open.Clear();
    }
}

/// <summary>A directory that is open and a name in it, for the calls whose names end in "at".</summary>
internal readonly struct Location(string path, string normalized, Descriptor owned, int directory, string name, int error) : IDisposable
{
    /// <summary>As the user of the machine gave it.</summary>
    public string Path { get; } = path;

    public int Directory { get; } = directory;

    public string Name { get; } = name;

    /// <summary>Why there is no such directory; 0 when there is one.</summary>
    public int Error { get; } = error;

    public bool IsRoot => normalized == "/";

    /// <summary>The parent's path on the machine.</summary>
    public string Parent => MachinePath.Split(normalized).Parent;

    /// <summary>The last part alone.</summary>
    public string BaseName => MachinePath.Split(normalized).Name;

    public void Require()
    {
        if (Error != 0) throw LinuxFailure.NoParent(Error, Path, Parent);
    }

    /// <summary>What lstat says; null when nothing is there.</summary>
    public unsafe StatXBuffer? Stat()
    {
        if (Error is Libc.NoSuchEntry or Libc.NotADirectory) return null;
        Require();
        StatXBuffer buffer;
        if (Libc.StatX(Directory, Name, Libc.AtSymlinkNoFollow, StatXBuffer.BasicMask, &buffer) == 0) return buffer;
        var reason = Marshal.GetLastPInvokeError();
        return reason is Libc.NoSuchEntry or Libc.NotADirectory ? null : throw LinuxFailure.Of(reason, Path, "looked at");
    }

    /// <summary>The failure of a call on this place; a missing parent is told from a missing last part.</summary>
    public unsafe Exception Failure(int error, string action)
    {
        if (error != Libc.NoSuchEntry || IsRoot) return LinuxFailure.Of(error, Path, action);
        StatXBuffer buffer;
        var parent = Directory == Libc.AtCurrentDirectory ? Parent : ".";
        return Libc.StatX(Directory, parent, 0, StatXBuffer.BasicMask, &buffer) == 0
            ? LinuxFailure.Of(error, Path, action)
            : LinuxFailure.NoParent(Marshal.GetLastPInvokeError(), Path, Parent);
    }

    public void Dispose() => owned.Dispose();
}
