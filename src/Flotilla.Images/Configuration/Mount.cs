namespace Flotilla.Images.Configuration;

/// <summary>A file or folder of the host that a container sees.</summary>
/// <param name="From">The host's absolute path.</param>
/// <param name="To">The container's absolute path.</param>
/// <param name="Writable">False for <c>ro</c>: the container cannot change it.</param>
public sealed record Mount(string From, string To, bool Writable);

/// <summary>A TCP port of the host that leads to one of the container.</summary>
/// <param name="Host">1 to 65535.</param>
/// <param name="Container">1 to 65535.</param>
public sealed record PortMapping(int Host, int Container);

/// <summary>A limit of the processes in a container (setrlimit(2)).</summary>
/// <param name="Name">In lower case without <c>RLIMIT_</c>: <c>nofile</c>, <c>nproc</c>, <c>core</c>, …</param>
/// <param name="Soft">What holds; null for no limit.</param>
/// <param name="Hard">What a process may raise it to; null for no limit.</param>
public sealed record ResourceLimit(string Name, ulong? Soft, ulong? Hard)
{
    /// <summary>The names that Linux knows.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack"];
}

/// <summary>Which network a container sees.</summary>
public enum ContainerNetwork
{
    /// <summary>The host's own.</summary>
    Host,

    /// <summary>Only a loopback interface of its own.</summary>
    None,
}
