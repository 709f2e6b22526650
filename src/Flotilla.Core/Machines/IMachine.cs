namespace Flotilla.Core.Machines;

/// <summary>
/// A host's files, users and programs: a real host, a root directory on one (as in a chroot), or memory.
/// </summary>
/// <remarks>
/// Paths are absolute, separated by <c>/</c>, and mean the machine's own tree. No operation follows a symbolic link in the
/// last part of a path; links in the middle are followed inside the machine's tree and never lead out of it.
/// Failures are <see cref="IOException"/> (<see cref="FileNotFoundException"/>, <see cref="DirectoryNotFoundException"/>)
/// and <see cref="UnauthorizedAccessException"/>, with the path in the message.
/// </remarks>
public interface IMachine
{
    /// <summary>How people call it: the host's name.</summary>
    string Name { get; }

    /// <summary>What stands at a path (lstat), or null when nothing does.</summary>
    FileStatus? Stat(string path);

    /// <summary>The bytes of a regular file.</summary>
    byte[] ReadFile(string path);

    /// <summary>
    /// Replaces or creates a regular file so that a reader sees the old or the new bytes and nothing between, and a crash
    /// leaves one of the two. The parent must exist.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="mode">Permission bits, the umask left aside.</param>
    /// <param name="owner">User and group; null leaves the running user's.</param>
    void WriteFile(string path, ReadOnlySpan<byte> content, UnixFileMode mode, FileOwner? owner = null);

    /// <summary>Makes a directory whose parent exists, with these permissions, the umask left aside.</summary>
    void CreateDirectory(string path, UnixFileMode mode);

    /// <summary>Sets permissions of a file or directory.</summary>
    void SetMode(string path, UnixFileMode mode);

    /// <summary>Sets user and group of a file or directory, then restores its mode, from which the kernel strips set-id bits.</summary>
    void SetOwner(string path, FileOwner owner);

    /// <summary>Removes a file, a link, or an empty directory. Nothing there is no error.</summary>
    void Delete(string path);

    /// <summary>The names in a directory, sorted ordinally, without <c>.</c> and <c>..</c>.</summary>
    IReadOnlyList<string> List(string path);

    /// <summary>What a symbolic link says.</summary>
    string ReadLink(string path);

    /// <summary>The number of a user (from the machine's passwd file), or null when there is none of that name.</summary>
    uint? UserId(string name);

    /// <summary>The name of a user number, or null.</summary>
    string? UserName(uint id);

    /// <summary>The number of a group (from the machine's group file), or null when there is none of that name.</summary>
    uint? GroupId(string name);

    /// <summary>The name of a group number, or null.</summary>
    string? GroupName(uint id);

    /// <summary>Where a path of this machine is for programs that run beside it: the path itself on a real host.</summary>
    string RealPath(string path);

    /// <summary>Runs a program to its end. A program that cannot be started is an exit code 127 with the reason in the error text.</summary>
    Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken);
}

/// <summary>What kind of thing stands at a path.</summary>
public enum FileKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A device, socket or pipe.</summary>
    Other,
}

/// <summary>User and group by number.</summary>
public readonly record struct FileOwner(uint User, uint Group);

/// <summary>What lstat says. <paramref name="Size"/> is in bytes; <paramref name="Mode"/> has permission and set-id bits only.</summary>
public sealed record FileStatus(FileKind Kind, long Size, UnixFileMode Mode, FileOwner Owner);

/// <summary>A program to run, never through a shell.</summary>
/// <param name="Program">A name looked up in PATH, or a path.</param>
/// <param name="Arguments">As the program gets them.</param>
/// <param name="Input">UTF-8 text for its standard input; null for none.</param>
/// <param name="Timeout">After which it and what it started are killed; a minute unless given.</param>
/// <param name="Environment">Variables added to the ones Flotilla runs with.</param>
/// <param name="WorkingDirectory">A path of this machine; null for the one Flotilla runs in.</param>
public sealed record Command(
    string Program,
    IReadOnlyList<string> Arguments,
    string? Input = null,
    TimeSpan? Timeout = null,
    IReadOnlyDictionary<string, string>? Environment = null,
    string? WorkingDirectory = null)
{
    /// <summary>As many bytes of each output are kept, 1 MiB unless said; the rest is read and dropped, and a note at the end says so.</summary>
    public int OutputMax { get; init; } = 1024 * 1024;

    /// <summary>The timeout that holds when none is given.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The program and its arguments as one line for people.</summary>
    public override string ToString() => string.Join(' ', new[] { Program }.Concat(Arguments));
}

/// <summary>How a program ended. A program killed by signal n has exit code 128 + n; one that ran out of time has 124.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>True when the exit code is 0.</summary>
    public bool Succeeded => ExitCode == 0;
}
