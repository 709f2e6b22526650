using Flotilla.Images.Sources;

namespace Flotilla.Images.Runtime;

/// <summary>Runs containers of images in the graph: runc on a checkout of its own, or an engine.</summary>
public interface IImageRuntime
{
    /// <summary>How messages call it: <c>runc</c>, <c>docker</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Runs a container to the end of its program. When it is cancelled, the container is killed and removed before the call ends.
    /// Failures the user can mend are <see cref="ImageException"/> or <see cref="Core.ProblemException"/>; a program that ends with
    /// another code than 0 is none.
    /// </summary>
    /// <returns>What is left of the container, which disposal removes.</returns>
    Task<IEndedContainer> RunAsync(GraphImage image, ContainerSettings settings, ContainerStreams streams, CancellationToken cancellationToken);
}

/// <summary>A container whose program has ended. Disposal removes it with all that it wrote, unless <see cref="Keep"/> was called.</summary>
public interface IEndedContainer : IAsyncDisposable
{
    /// <summary>What the program ended with: 0 to 255, 128 and the signal's number when one ended it.</summary>
    int ExitCode { get; }

    /// <summary>
    /// The layer that holds what the container changed, to be laid over those of its image; null where the runtime knows the whole
    /// root only. Mounts and what was made for them are no part of it.
    /// </summary>
    /// <param name="epoch">Whether all times become 1970.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<CapturedLayer?> CaptureChangesAsync(bool epoch, CancellationToken cancellationToken);

    /// <summary>The whole root as one layer.</summary>
    /// <inheritdoc cref="CaptureChangesAsync"/>
    Task<CapturedLayer> CaptureRootAsync(bool epoch, CancellationToken cancellationToken);

    /// <summary>Leaves the container's files, and says where they are.</summary>
    string Keep();
}

/// <summary>A layer that a runtime wrote; it can be read until the container is disposed.</summary>
/// <param name="Layer">The tar.</param>
/// <param name="DiffId"><c>sha256:…</c> of it.</param>
/// <param name="Members">How many members it has.</param>
public sealed record CapturedLayer(SourceLayer Layer, string DiffId, long Members);

/// <summary>Where a container's input comes from and its output goes.</summary>
public sealed record ContainerStreams
{
    /// <summary>The streams of this process: needed for a terminal.</summary>
    public static ContainerStreams OfProcess { get; } = new() { Inherit = true };

    /// <summary>No input, and nobody who listens.</summary>
    public static ContainerStreams None { get; } = new();

    /// <summary>True for this process's own streams.</summary>
    public bool Inherit { get; private init; }

    /// <summary>Gets what it prints, as it comes; null for nobody.</summary>
    public Stream? Output { get; init; }

    /// <summary>Gets what it prints on the stream of errors, as it comes; null for nobody.</summary>
    public Stream? Error { get; init; }
}
