using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
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
    public static IAsyncEnumerable<HappenedOutput> TailAsync(string path, CancellationToken cancellationToken) =>
        LinesAsync(path, new ControlRequest(ControlRequest.Tail), FleetJson.Default.HappenedOutput, cancellationToken);

    /// <summary>The timeline from its beginning on, and how the instances are, until the fleet stops; nothing when nothing listens there.</summary>
    public static IAsyncEnumerable<Followed> FollowAsync(string path, CancellationToken cancellationToken) =>
        LinesAsync(path, new ControlRequest(ControlRequest.Follow), FleetJson.Default.Followed, cancellationToken);

    private static async IAsyncEnumerable<T> LinesAsync<T>(
        string path, ControlRequest request, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(path, cancellationToken);
        if (socket is null) yield break;
        await using var stream = new NetworkStream(socket);
        await SendAsync(stream, request, cancellationToken);
        using var reader = new StreamReader(stream);
        while (await LineAsync(reader, cancellationToken) is { } line)
            if (line.Length > 0 && JsonSerializer.Deserialize(line, type) is { } one) yield return one;
    }

    // Who is killed while it speaks ends the lines as one does that stops.
    private static async Task<string?> LineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (IOException)
        {
            return null;
        }
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
