using Flotilla.Images.Registries;
using Flotilla.Images.Runtime;

namespace Flotilla.Images.Building;

/// <summary>How an image is built.</summary>
public sealed record BuildOptions
{
    /// <summary>The target whose command runs.</summary>
    public string Target { get; init; } = "build";

    /// <summary>Whether no command runs: the image is its upstream under another name.</summary>
    public bool Noop { get; init; }

    /// <summary>Whether all times in what the build changed become 1970, so that equal builds give equal images.</summary>
    public bool Epoch { get; init; }

    /// <summary>Whether the image gets one layer with the whole root, instead of the upstream's and one with the changes.</summary>
    public bool Flatten { get; init; }

    /// <summary>Where the command's output goes.</summary>
    public ContainerStreams Streams { get; init; } = ContainerStreams.None;

    /// <summary>How registries are spoken to, where the source of an upstream is one; null for nothing special.</summary>
    public RegistryOptions? Registry { get; init; }
}

/// <summary>What a build came to.</summary>
/// <param name="Image">What was committed; null when the command failed, and nothing was.</param>
/// <param name="Upstream">The image that it began with.</param>
/// <param name="ExitCode">That of the command; 0 when none ran.</param>
/// <param name="Changed">How many members the layer of changes has; 0 for none, or where the whole root became one layer.</param>
public sealed record BuiltImage(ImportedImage? Image, GraphImage Upstream, int ExitCode, long Changed);
