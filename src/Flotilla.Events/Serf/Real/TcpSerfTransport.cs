using System.Net.Sockets;

namespace Flotilla.Events.Serf;

/// <summary>TCP, as agents speak it. Without encryption: Serf has none for RPC, which belongs on the loopback interface.</summary>
public sealed class TcpSerfTransport : ISerfTransport
{
    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(SerfAddress address, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(address.Host, address.Port, cancellationToken);
            return client.GetStream();
        }
        catch (SocketException error)
        {
            client.Dispose();
            throw new IOException(error.Message, error);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
