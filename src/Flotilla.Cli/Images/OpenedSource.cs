using Flotilla.Images.Sources;

namespace Flotilla.Cli.Images;

/// <summary>A source that was opened already: whether it is there is known before a graph is made, and it is fetched once.</summary>
internal sealed class OpenedSource(string name, SourceImage image) : IImageSource
{
    public string Name => name;

    public Task<SourceImage> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(image);
}
