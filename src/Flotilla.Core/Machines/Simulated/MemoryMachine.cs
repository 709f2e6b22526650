using System.Text;

namespace Flotilla.Core.Machines.Simulated;

/// <summary>
/// A machine in memory: a file tree, the accounts in its <c>/etc/passwd</c> and <c>/etc/group</c>, and programs that are
/// functions. Flotilla runs there as root. The same calls give the same answers.
/// </summary>
/// <remarks>
/// It starts with the directories <c>/etc /home /root /tmp /usr /var</c>, users root(0), daemon(1), www-data(33) and
/// nobody(65534), their groups (nobody's is nogroup), and the group adm(4).
/// </remarks>
public sealed class MemoryMachine : IMachine
{
    private const UnixFileMode ModeMask = (UnixFileMode)0b111_111_111_111;
    private const string Passwd =
        """
        root:x:0:0:root:/root:/bin/bash
        daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
        www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

        """;
    private const string Group =
        """
        root:x:0:
        daemon:x:1:
        adm:x:4:
        www-data:x:33:
        nogroup:x:65534:
        nobody:x:65534:

        """;

    private readonly Lock _lock = new();
    private readonly MemoryTree _tree = new();
    private readonly Dictionary<string, Func<Command, CommandResult>> _programs = new(StringComparer.Ordinal);
    private readonly List<Command> _commands = [];
    private (byte[] Source, AccountFile Accounts) _users = ([], AccountFile.Empty);
    private (byte[] Source, AccountFile Accounts) _groups = ([], AccountFile.Empty);

    /// <summary>A machine with what every Linux host has.</summary>
    /// <param name="name">The host's name.</param>
    public MemoryMachine(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        const UnixFileMode open = (UnixFileMode)0b111_101_101;
        foreach (var directory in (string[])["/etc", "/home", "/usr", "/var"]) CreateDirectory(directory, open);
        CreateDirectory("/root", (UnixFileMode)0b111_000_000);
        CreateDirectory("/tmp", (UnixFileMode)0b001_111_111_111);
        WriteFile("/etc/passwd", Encoding.UTF8.GetBytes(Passwd), (UnixFileMode)0b110_100_100);
        WriteFile("/etc/group", Encoding.UTF8.GetBytes(Group), (UnixFileMode)0b110_100_100);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The programs that were run, in order, known and unknown ones.</summary>
    public IReadOnlyList<Command> Commands
    {
        get
        {
            lock (_lock) return [.. _commands];
        }
    }

    /// <summary>Says what a program does from now on.</summary>
    /// <param name="program">The name as commands give it; a command that gives a path finds the program by its last part too.</param>
    /// <param name="run">Its behaviour. It may use this machine.</param>
    public void OnCommand(string program, Func<Command, CommandResult> run)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        ArgumentNullException.ThrowIfNull(run);
        lock (_lock) _programs[program] = run;
    }

    /// <summary>Makes a symbolic link. Its target is kept as it is given and need not exist.</summary>
    /// <exception cref="IOException">Something is at the path already.</exception>
    public void CreateLink(string path, string target)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        lock (_lock) _tree.Add(path, new MemoryNode(FileKind.Link) { Target = target, Mode = (UnixFileMode)0b111_111_111 });
    }

    /// <inheritdoc/>
    public FileStatus? Stat(string path)
    {
        lock (_lock)
        {
            return _tree.Find(path) is { } node
                ? new FileStatus(node.Kind, node.Kind == FileKind.Link ? Encoding.UTF8.GetByteCount(node.Target) : node.Content.Length, node.Mode, node.Owner)
                : null;
        }
    }

    /// <inheritdoc/>
    public byte[] ReadFile(string path)
    {
        lock (_lock)
        {
            var node = _tree.Require(path);
            if (node.Kind != FileKind.File) throw new IOException($"{path} cannot be read: it is a {node.Word}.");
            return [.. node.Content];
        }
    }

    /// <inheritdoc/>
    public void WriteFile(string path, ReadOnlySpan<byte> content, UnixFileMode mode, FileOwner? owner = null)
    {
        lock (_lock)
        {
            var (parent, name) = _tree.RequireParent(path);
            if (name.Length == 0 || parent.Children.GetValueOrDefault(name)?.Kind == FileKind.Directory)
                throw new IOException($"{path} cannot be written: it is a directory.");
            parent.Children[name] = new MemoryNode(FileKind.File)
            {
                Content = content.ToArray(),
                Mode = mode & ModeMask,
                Owner = owner ?? parent.OwnerOfNew,
            };
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path, UnixFileMode mode)
    {
        lock (_lock) _tree.Add(path, new MemoryNode(FileKind.Directory) { Mode = mode & ModeMask });
    }

    /// <inheritdoc/>
    public void SetMode(string path, UnixFileMode mode)
    {
        lock (_lock) _tree.RequireNoLink(path).Mode = mode & ModeMask;
    }

    /// <inheritdoc/>
    public void SetOwner(string path, FileOwner owner)
    {
        lock (_lock) _tree.RequireNoLink(path).Owner = owner;
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        lock (_lock) _tree.Remove(path);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path)
    {
        lock (_lock)
        {
            var node = _tree.Require(path);
            if (node.Kind != FileKind.Directory) throw new IOException($"{path} cannot be listed: it is a {node.Word}.");
            return [.. node.Children.Keys];
        }
    }

    /// <inheritdoc/>
    public string ReadLink(string path)
    {
        lock (_lock)
        {
            var node = _tree.Require(path);
            return node.Kind == FileKind.Link ? node.Target : throw new IOException($"{path} is a {node.Word}, no link.");
        }
    }

    /// <inheritdoc/>
    public uint? UserId(string name) => Users().Number(name);

    /// <inheritdoc/>
    public string? UserName(uint id) => Users().Name(id);

    /// <inheritdoc/>
    public uint? GroupId(string name) => Groups().Number(name);

    /// <inheritdoc/>
    public string? GroupName(uint id) => Groups().Name(id);

    /// <inheritdoc/>
    public string RealPath(string path) => MachinePath.Normalize(path);

    /// <inheritdoc/>
    public Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        cancellationToken.ThrowIfCancellationRequested();
        Func<Command, CommandResult>? run;
        lock (_lock)
        {
            _commands.Add(command);
            if (!_programs.TryGetValue(command.Program, out run))
                _programs.TryGetValue(command.Program[(command.Program.LastIndexOf('/') + 1)..], out run);
        }
        return Task.FromResult(run?.Invoke(command) ?? new CommandResult(127, "", $"{command.Program}: not found"));
    }

    private AccountFile Users()
    {
        lock (_lock) return Accounts("/etc/passwd", ref _users);
    }

    private AccountFile Groups()
    {
        lock (_lock) return Accounts("/etc/group", ref _groups);
    }

    // A written file has a new array, so that the array tells whether the accounts are still those of the file.
    private AccountFile Accounts(string path, ref (byte[] Source, AccountFile Accounts) known)
    {
        if (_tree.Find(path) is not { Kind: FileKind.File } file) return AccountFile.Empty;
        if (!ReferenceEquals(known.Source, file.Content)) known = (file.Content, AccountFile.Parse(file.Content));
        return known.Accounts;
    }
}
