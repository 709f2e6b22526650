namespace Flotilla.Images.Sources;

/// <summary>Where an image comes from: a tar, an archive, a registry, an engine.</summary>
public interface IImageSource
{
    /// <summary>How messages and the commit call it: <c>file shop.tar</c>, <c>registry docker.io/library/nginx:1.25</c>. One line.</summary>
    string Name { get; }

    /// <summary>
    /// Finds out what there is to fetch: configuration and layers. Called once. Failures the user can mend are
    /// <see cref="ImageException"/>.
    /// </summary>
    Task<SourceImage> OpenAsync(CancellationToken cancellationToken);
}

/// <summary>An image as a source offers it. Disposed when the import is over, whatever came of it.</summary>
/// <param name="Config">The image's configuration (OCI image-spec, config.md), byte for byte; null or empty when the source has none, and a minimal one is made.</param>
/// <param name="Layers">Its layers, the base first; at least one.</param>
/// <param name="Digest">The digest of its manifest, if it has one; kept in the commit.</param>
/// <param name="Closing">What to close at the end.</param>
public sealed record SourceImage(ReadOnlyMemory<byte>? Config, IReadOnlyList<SourceLayer> Layers, string? Digest = null, IAsyncDisposable? Closing = null) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Closing?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>One layer as a source offers it: a tar, as it is or compressed with gzip, which is recognised by its first bytes.</summary>
/// <param name="OpenAsync">The bytes as they are stored or sent, from their beginning. Called once, layers in order, one at a time.</param>
/// <param name="Digest"><c>sha256:…</c> of those bytes, checked when given.</param>
/// <param name="Size">How many they are, checked when given.</param>
/// <param name="DiffId"><c>sha256:…</c> of the tar within, checked when given; the configuration's <c>diff_ids</c> are checked as well.</param>
public sealed record SourceLayer(Func<CancellationToken, Task<Stream>> OpenAsync, string? Digest = null, long? Size = null, string? DiffId = null);
