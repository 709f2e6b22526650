using System.IO.Pipelines;
using Flotilla.Images.Sources;

namespace Flotilla.Images.Building;

/// <summary>A layer that is in the graph, as a source for another image.</summary>
internal static class GraphLayerSource
{
    public static SourceLayer Of(GraphLayer layer) => new(token => Task.FromResult(Open(layer, token)), null, layer.Bytes, layer.DiffId);

    private static Stream Open(GraphLayer layer, CancellationToken cancellationToken)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: true));
        _ = WriteAsync(layer, pipe.Writer, cancellationToken);
        return pipe.Reader.AsStream();
    }

    // What goes wrong here is thrown where the layer is read.
    private static async Task WriteAsync(GraphLayer layer, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            await layer.WriteToAsync(writer.AsStream(leaveOpen: true), cancellationToken);
            await writer.CompleteAsync();
        }
        catch (Exception e)
        {
            await writer.CompleteAsync(e);
        }
    }
}

/// <summary>An image that a build put together.</summary>
internal sealed class BuiltSource(string name, ReadOnlyMemory<byte> config, IReadOnlyList<SourceLayer> layers) : IImageSource
{
    public string Name => name;

    public Task<SourceImage> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(new SourceImage(config, layers));
}
