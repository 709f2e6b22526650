using Flotilla.Core.Simulated;

namespace Flotilla.Core.Http.Simulated;

/// <summary>The HTTP servers of a simulated world, found by host name and port.</summary>
public sealed class SimulatedHttp(SimulatedNetwork network)
{
    /// <summary>Answers one request; it may wait in virtual time, and never answers if it hangs.</summary>
    public delegate Task<HttpReply> Server(HttpCall call, CancellationToken cancellationToken);

    private readonly Dictionary<(string Host, int Port), Server> _servers = [];

    /// <summary>Puts a server at a host's port until the result is disposed of.</summary>
    public IDisposable Listen(string host, int port, Server server)
    {
        if (!_servers.TryAdd((host, port), server))
            throw new InvalidOperationException($"Port {port} of {host} has a server already.");
        return new Listener(() => _servers.Remove((host, port)));
    }

    /// <summary>True when something listens there.</summary>
    public bool IsTaken(string host, int port) => _servers.ContainsKey((host, port));

    /// <summary>HTTP as a program on <paramref name="host"/> sees it.</summary>
    public IHttp From(string host) => new Client(this, host);

    private sealed class Client(SimulatedHttp world, string host) : IHttp
    {
        public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
        {
            var network = world.Network;
            var timeout = call.Timeout ?? HttpCall.DefaultTimeout;
            using var limit = new CancellationTokenSource(timeout, network.World.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await Task.Delay(network.Delay(host, call.Url.Host), network.World.Clock, both.Token);
                if (!network.CanReach(host, call.Url.Host))
                    await Task.Delay(Timeout.InfiniteTimeSpan, network.World.Clock, both.Token);
                if (!world._servers.TryGetValue((call.Url.Host, call.Url.Port), out var server))
                    throw new HttpCallException($"{call.Method} {call.Url}: Connection refused");
                var reply = await server(call, both.Token).WaitAsync(both.Token);
                if (!network.CanReach(host, call.Url.Host))
                    await Task.Delay(Timeout.InfiniteTimeSpan, network.World.Clock, both.Token);
                await Task.Delay(network.Delay(call.Url.Host, host), network.World.Clock, both.Token);
                return reply;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HttpCallException($"{call.Method} {call.Url}: no reply within {timeout.TotalSeconds:0.###} s");
            }
        }
    }

    private SimulatedNetwork Network { get; } = network;

    private sealed class Listener(Action close) : IDisposable
    {
        public void Dispose() => close();
    }
}
