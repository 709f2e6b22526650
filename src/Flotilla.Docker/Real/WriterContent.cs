using System.Net;

namespace Flotilla.Docker.Real;

/// <summary>A request's body that is written while it is sent. What the writer throws is kept, for it says more than the connection that broke.</summary>
internal sealed class WriterContent(Func<Stream, CancellationToken, Task> write) : HttpContent
{
    public Exception? Failure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            await write(stream, cancellationToken);
        }
        catch (Exception e)
        {
            Failure = e;
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
