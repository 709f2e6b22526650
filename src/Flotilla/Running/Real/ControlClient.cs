using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Flotilla.Commands;

namespace Flotilla.Running.Real;

/// <summary>Asks a running <c>up</c> or <c>agent</c>.</summary>
internal static class ControlClient
{
    /// <summary>The answer, or null when nothing listens there.</summary>
    public static async Task<ControlReply?> AskAsync(string path, ControlRequest request, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(path, cancellationToken);
        if (socket is null) return null;
        await using var stream = new NetworkStream(socket);
        await SendAsync(stream, request, cancellationToken);
        try
        {
            return await JsonSerializer.DeserializeAsync(stream, FleetJson.Default.ControlReply, cancellationToken);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            // It stopped, or gave up, before it had an answer.
            return null;
        }
    }

    /// <summary>What happens from now on, until the fleet stops.</summary>
    public static async IAsyncEnumerable<HappenedOutput> TailAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(path, cancellationToken);
        if (socket is null) yield break;
        await using var stream = new NetworkStream(socket);
        await SendAsync(stream, new ControlRequest(ControlRequest.Tail), cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            if (line.Length > 0 && JsonSerializer.Deserialize(line, FleetJson.Default.HappenedOutput) is { } happened) yield return happened;
    }

    private static async Task<Socket?> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task SendAsync(NetworkStream stream, ControlRequest request, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request, FleetJson.Default.ControlRequest), cancellationToken);
        await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }
}
