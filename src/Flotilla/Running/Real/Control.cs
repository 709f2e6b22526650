using System.Net.Sockets;
using System.Text.Json;
using Flotilla.Commands;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla.Running.Real;

/// <summary>What another command asks of a running <c>up</c>: <c>apps</c>, or <c>send</c> with an event's name and payload.</summary>
internal sealed record ControlRequest(string Do, string? Name = null, string? Payload = null);

/// <summary>Its answer.</summary>
internal sealed record ControlReply(IReadOnlyList<InstanceOutput>? Instances = null, string? Error = null);

/// <summary>Answers other commands on a Unix socket: one line of JSON each way.</summary>
internal sealed class ControlServer : IDisposable
{
    private static readonly TimeSpan RequestMax = TimeSpan.FromSeconds(10);
    private const int RequestCharsMax = 1 << 20;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _socket;
    private readonly string _path;
    private readonly FleetRuntime _runtime;

    private ControlServer(Socket socket, string path, FleetRuntime runtime) => (_socket, _path, _runtime) = (socket, path, runtime);

    public static ControlServer Start(string path, FleetRuntime runtime)
    {
        // The caller holds the fleet's lock, so a socket that is there was left behind by one that died.
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen();
        var server = new ControlServer(socket, path, runtime);
        _ = server.AcceptAsync();
        return server;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _socket.AcceptAsync(_stopping.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The fleet stops.
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            using var limit = new CancellationTokenSource(RequestMax);
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            var line = await ReadLineAsync(stream, limit.Token);
            ControlReply reply;
            try
            {
                reply = await AnswerAsync(JsonSerializer.Deserialize(line, FleetJson.Default.ControlRequest), limit.Token);
            }
            catch (Exception e) when (e is JsonException or ArgumentException or ProblemException)
            {
                reply = new ControlReply(Error: e.Message);
            }
            await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(reply, FleetJson.Default.ControlReply), limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The asker is gone or too slow; it is its loss alone.
        }
    }

    private async Task<ControlReply> AnswerAsync(ControlRequest? request, CancellationToken cancellationToken)
    {
        switch (request?.Do)
        {
            case "apps":
                return new ControlReply([.. _runtime.Instances.Select(InstanceOutput.Of)]);
            case "send" when _runtime.Agents.Count > 0:
                await _runtime.Agents[0].Events.SendAsync(request.Name ?? "", EventPayload.FromText(request.Payload ?? ""), cancellationToken);
                return new ControlReply();
            default:
                return new ControlReply(Error: $"\"{request?.Do}\" is nothing that a running fleet can be asked.");
        }
    }

    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var text = new System.Text.StringBuilder();
        var buffer = new char[4096];
        while (text.Length < RequestCharsMax && await reader.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            text.Append(buffer, 0, read);
            if (buffer.AsSpan(0, read).Contains('\n')) break;
        }
        return text.ToString();
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _socket.Dispose();
        File.Delete(_path);
        _stopping.Dispose();
    }
}

/// <summary>Asks a running <c>up</c>.</summary>
internal static class ControlClient
{
    /// <summary>The answer, or null when nothing listens there.</summary>
    public static async Task<ControlReply?> AskAsync(string path, ControlRequest request, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException)
        {
            return null;
        }
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request, FleetJson.Default.ControlRequest), cancellationToken);
        await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
        return await JsonSerializer.DeserializeAsync(stream, FleetJson.Default.ControlReply, cancellationToken);
    }
}
