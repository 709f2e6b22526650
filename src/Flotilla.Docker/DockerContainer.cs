namespace Flotilla.Docker;

/// <summary>How a container is made (Docker Engine API, ContainerCreate). What is null or empty is as the image says.</summary>
public sealed record ContainerOptions
{
    /// <summary>The image: a name or an id.</summary>
    public required string Image { get; init; }

    /// <summary>Its name; null for one that the engine makes up.</summary>
    public string? Name { get; init; }

    /// <summary>What takes the place of the image's entry point; null leaves it.</summary>
    public IReadOnlyList<string>? EntryPoint { get; init; }

    /// <summary>The command with its arguments; null leaves the image's.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Variables as <c>NAME=value</c>, over the image's.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Working directory inside; null leaves the image's.</summary>
    public string? Folder { get; init; }

    /// <summary><c>user[:group]</c>; null leaves the image's.</summary>
    public string? User { get; init; }

    /// <summary>Labels by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Folders of the host: <c>/host/path:/inside[:ro]</c>.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    /// <summary>Ports of the host for ports inside: <c>8080</c> for <c>80/tcp</c>.</summary>
    public IReadOnlyList<ContainerPort> Ports { get; init; } = [];

    /// <summary>Name servers.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>The network: <c>bridge</c>, <c>host</c>, <c>none</c> or a name; null for the engine's default.</summary>
    public string? Network { get; init; }

    /// <summary>Whether all privileges are given.</summary>
    public bool Privileged { get; init; }

    /// <summary>Its host name; null for the engine's choice.</summary>
    public string? Hostname { get; init; }

    /// <summary>Limits of its processes (setrlimit(2)).</summary>
    public IReadOnlyList<ContainerLimit> Limits { get; init; } = [];

    /// <summary>Whether it gets a terminal; its output is then one stream.</summary>
    public bool Terminal { get; init; }

    /// <summary>Whether its standard input is kept open for <see cref="DockerEngine.AttachAsync"/>.</summary>
    public bool Input { get; init; }

    /// <summary>Memory in bytes; null for no limit.</summary>
    public long? MemoryMax { get; init; }

    /// <summary>Processors, such as 0.5; null for no limit.</summary>
    public double? Processors { get; init; }
}

/// <summary>A port that a container shows to the host.</summary>
/// <param name="Inside">The port inside.</param>
/// <param name="Host">The port of the host; 0 for one that is free.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Address">The address of the host; null for all.</param>
public sealed record ContainerPort(int Inside, int Host, string Protocol = "tcp", string? Address = null);

/// <summary>A limit of the processes in a container.</summary>
/// <param name="Name">In lower case without <c>RLIMIT_</c>: <c>nofile</c>.</param>
/// <param name="Soft">What holds; -1 for no limit.</param>
/// <param name="Hard">What a process may raise it to; -1 for no limit.</param>
public sealed record ContainerLimit(string Name, long Soft, long Hard);

/// <summary>A container as the engine has it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, without the leading slash.</param>
/// <param name="ImageId">The image it was made from.</param>
/// <param name="Status"><c>created</c>, <c>running</c>, <c>paused</c>, <c>restarting</c>, <c>removing</c>, <c>exited</c>, <c>dead</c>.</param>
/// <param name="ExitCode">What it ended with, once it has.</param>
/// <param name="ProcessId">Its first process on the host; 0 when it does not run.</param>
public sealed record DockerContainer(string Id, string Name, string ImageId, string Status, int ExitCode, int ProcessId);

/// <summary>Which of a program's outputs bytes came from.</summary>
public enum OutputStream
{
    /// <summary>Standard output, or the terminal.</summary>
    Output,

    /// <summary>Standard error.</summary>
    Error,
}

/// <summary>What a program wrote and how it ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record ExecResult(int ExitCode, string Output, string Error);
