namespace Flotilla.Events.Serf;

/// <summary>The way to an agent: the one thing of the Serf client that touches the network.</summary>
public interface ISerfTransport
{
    /// <summary>Opens a connection.</summary>
    /// <exception cref="IOException">Nobody listens there, or it cannot be reached.</exception>
    Task<Stream> ConnectAsync(SerfAddress address, CancellationToken cancellationToken);
}
