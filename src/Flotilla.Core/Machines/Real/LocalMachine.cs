using System.Runtime.InteropServices;

namespace Flotilla.Core.Machines.Real;

/// <summary>This host, or a directory of it that stands for a machine of its own, as a chroot does.</summary>
/// <remarks>
/// Users and groups are those of the machine's <c>/etc/passwd</c> and <c>/etc/group</c>, read again when these change.
/// Programs always run on this host; with a root directory, only their working directory is taken from below it.
/// Linux only. Safe for use by several threads.
/// </remarks>
public sealed class LocalMachine : IMachine
{
    private const int EntryNameOffset = 19; // of d_name in struct dirent64: after 8 bytes inode, 8 offset, 2 length, 1 type

    private readonly LocalTree _tree;
    private readonly LocalAccounts _users;
    private readonly LocalAccounts _groups;
    private readonly IReadOnlyList<string> _through;

    /// <summary>A machine whose tree is the directory <paramref name="root"/>.</summary>
    /// <param name="name">The host's name.</param>
    /// <param name="root">A directory of this host; <c>/</c> is the host itself.</param>
    /// <param name="through">What programs are started through, and its arguments; null for nothing: <c>["nsenter", "--net=FILE"]</c>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public LocalMachine(string name, string root = "/", IReadOnlyList<string>? through = null)
    {
        _through = through ?? [];
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        _tree = new LocalTree(root);
        if (!Directory.Exists(_tree.Root)) throw new DirectoryNotFoundException($"{_tree.Root}, the root of machine \"{name}\", is not a directory.");
        _users = new LocalAccounts(_tree, "/etc/passwd");
        _groups = new LocalAccounts(_tree, "/etc/group");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public FileStatus? Stat(string path)
    {
        using var location = _tree.Locate(path);
        return location.Stat()?.Status;
    }

    /// <inheritdoc/>
    public byte[] ReadFile(string path)
    {
        using var location = _tree.Locate(path);
        location.Require();
        return LocalFile.Read(location);
    }

    /// <inheritdoc/>
    public void WriteFile(string path, ReadOnlySpan<byte> content, UnixFileMode mode, FileOwner? owner = null)
    {
        using var location = _tree.Locate(path);
        location.Require();
        if (location.IsRoot) throw new IOException($"{path} cannot be written: it is a directory.");
        using var directory = _tree.OpenParent(location);
        if (!directory.IsOpen) throw LinuxFailure.NoParent(directory.Error, path, location.Parent);
        AtomicWrite.Write(directory, location, content, mode, owner);
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path, UnixFileMode mode)
    {
        using var location = _tree.Locate(path);
        location.Require();
        if (Libc.MakeDirectoryAt(location.Directory, location.Name, (uint)mode & 0xfff) != 0) throw Failure(location, "created");
        ChangeMode(location, mode);
    }

    /// <inheritdoc/>
    public void SetMode(string path, UnixFileMode mode)
    {
        using var location = _tree.Locate(path);
        RequireNoLink(location);
        ChangeMode(location, mode);
    }

    /// <inheritdoc/>
    public void SetOwner(string path, FileOwner owner)
    {
        using var location = _tree.Locate(path);
        var before = RequireNoLink(location).Status;
        if (Libc.ChangeOwnerAt(location.Directory, location.Name, owner.User, owner.Group, Libc.AtSymlinkNoFollow) != 0)
            throw Failure(location, "given its owner");
        if ((before.Mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) != UnixFileMode.None) ChangeMode(location, before.Mode);
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        using var location = _tree.Locate(path);
        if (location.Error is Libc.NoSuchEntry or Libc.NotADirectory) return;
        location.Require();
        if (location.IsRoot) throw new IOException($"{path} cannot be removed: it is the root.");
        if (Libc.UnlinkAt(location.Directory, location.Name, 0) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        if (error == Libc.IsADirectory)
        {
            if (Libc.UnlinkAt(location.Directory, location.Name, Libc.AtRemoveDirectory) == 0) return;
            error = Marshal.GetLastPInvokeError();
        }
        if (error is not (Libc.NoSuchEntry or Libc.NotADirectory)) throw location.Failure(error, "removed");
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path)
    {
        using var location = _tree.Locate(path);
        location.Require();
        var directory = Descriptor.Open(location.Directory, location.Name, Libc.OpenReadOnly | Libc.OpenDirectory | Libc.OpenNoFollow);
        if (!directory.IsOpen) throw location.Failure(directory.Error, "listed");
        var stream = Libc.OpenDirectoryStream(directory.Number);
        if (stream == 0)
        {
            directory.Dispose();
            throw Failure(location, "listed");
        }
        try
        {
            return Names(stream);
        }
        finally
        {
            _ = Libc.CloseDirectoryStream(stream);
        }
    }

    /// <inheritdoc/>
    public string ReadLink(string path)
    {
        using var location = _tree.Locate(path);
        location.Require();
        if (LocalTree.ReadLink(location.Directory, location.Name) is { } target) return target;
        if (location.Stat() is null) throw location.Failure(Libc.NoSuchEntry, "read as a link");
        throw new IOException($"{path} is no link.");
    }

    /// <inheritdoc/>
    public uint? UserId(string name) => _users.Current.Number(name);

    /// <inheritdoc/>
    public string? UserName(uint id) => _users.Current.Name(id);

    /// <inheritdoc/>
    public uint? GroupId(string name) => _groups.Current.Number(name);

    /// <inheritdoc/>
    public string? GroupName(uint id) => _groups.Current.Name(id);

    /// <inheritdoc/>
    public string RealPath(string path) => _tree.RealPath(path);

    /// <inheritdoc/>
    public Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        string? directory = null;
        if (command.WorkingDirectory is { } wanted)
        {
            directory = _tree.RealDirectory(wanted);
            if (directory is null)
                return Task.FromResult(new CommandResult(127, "", $"{command.Program} cannot be started: its working directory {wanted} does not exist."));
        }
        if (_through.Count > 0) command = command with { Program = _through[0], Arguments = [.. _through.Skip(1), command.Program, .. command.Arguments] };
        return ProgramRun.RunAsync(command, directory, cancellationToken);
    }

    private static void ChangeMode(Location location, UnixFileMode mode)
    {
        if (Libc.ChangeModeAt(location.Directory, location.Name, (uint)mode & 0xfff, Libc.AtSymlinkNoFollow) != 0)
            throw Failure(location, "given its mode");
    }

    private static StatXBuffer RequireNoLink(Location location)
    {
        location.Require();
        return location.Stat() switch
        {
            null => throw location.Failure(Libc.NoSuchEntry, "changed"),
            { Kind: FileKind.Link } => throw new IOException($"{location.Path} is a link; it has no mode or owner of its own to set."),
            { } status => status,
        };
    }

    private static Exception Failure(Location location, string action) => location.Failure(Marshal.GetLastPInvokeError(), action);

    private static List<string> Names(nint stream)
    {
        var names = new List<string>();
        while (Libc.ReadDirectoryStream(stream) is var entry && entry != 0)
        {
            var name = Marshal.PtrToStringUTF8(entry + EntryNameOffset)!;
            if (name is not ("." or "..")) names.Add(name);
        }
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
