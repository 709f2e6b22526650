namespace Flotilla.Images.Configuration;

/// <summary>
/// How a container of an image runs: what the <c>settings</c> of all files and a target say together. What nobody said is null or
/// empty; <see cref="Runtime.ContainerSettings"/> fills it in.
/// </summary>
public sealed record ImageSettings
{
    /// <summary>Nothing said.</summary>
    public static ImageSettings Empty { get; } = new();

    /// <summary>The program and its arguments; only targets have one.</summary>
    public Said<IReadOnlyList<string>>? Command { get; init; }

    /// <summary>The working directory: an absolute path in the container.</summary>
    public Said<string>? Folder { get; init; }

    /// <summary>A name or number, with <c>:group</c> if wanted.</summary>
    public Said<string>? User { get; init; }

    /// <summary>The container's host name.</summary>
    public Said<string>? Hostname { get; init; }

    /// <summary>Whether it sees the host's network.</summary>
    public Said<ContainerNetwork>? Network { get; init; }

    /// <summary>All capabilities and devices.</summary>
    public Said<bool>? Privileged { get; init; }

    /// <summary>The caller's terminal.</summary>
    public Said<bool>? Attach { get; init; }

    /// <summary>Whether what it changed is thrown away at its end.</summary>
    public Said<bool>? Purge { get; init; }

    /// <summary>What it sees of the host; the deepest word about a place in the container holds.</summary>
    public IReadOnlyList<Said<Mount>> Mounts { get; init; } = [];

    /// <summary>Ports of the host that lead to it; the deepest word about a port of the host holds.</summary>
    public IReadOnlyList<Said<PortMapping>> Ports { get; init; } = [];

    /// <summary>Name servers, as addresses.</summary>
    public IReadOnlyList<Said<string>> Dns { get; init; } = [];

    /// <summary>Variables; a null value takes away what a parent or the image says.</summary>
    public IReadOnlyList<KeyValuePair<string, Said<string?>>> Environment { get; init; } = [];

    /// <summary>Limits; the deepest word about a limit holds.</summary>
    public IReadOnlyList<Said<ResourceLimit>> Limits { get; init; } = [];
}
