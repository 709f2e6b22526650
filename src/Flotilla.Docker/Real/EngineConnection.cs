using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Core;

namespace Flotilla.Docker.Real;

/// <summary>HTTP over the engine's unix socket.</summary>
internal sealed class EngineConnection : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _socket;

    public EngineConnection(string socket)
    {
        _socket = socket;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri("http://docker/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request; an answer that is no success is thrown.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException or IOException or UnauthorizedAccessException || e.HttpRequestError != HttpRequestError.Unknown)
        {
            throw Unreachable(e);
        }
        if ((int)response.StatusCode is >= 200 and < 400) return response;
        using (response) throw await RefusedAsync(response, path, cancellationToken);
    }

    public async Task<JsonNode> JsonAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        using var response = await SendAsync(method, path, content, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        try
        {
            return await JsonNode.ParseAsync(stream, cancellationToken: cancellationToken) ?? new JsonObject();
        }
        catch (JsonException e)
        {
            throw new DockerException((int)response.StatusCode, new Problem($"Docker answered {path} with what is no JSON.", Why: e.Message, Fix: $"See whether {_socket} is Docker's."), e);
        }
    }

    public async Task PostAsync(string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        using var response = await SendAsync(HttpMethod.Post, path, content, cancellationToken);
    }

    /// <summary>A connection that stops being HTTP after the answer: attach and exec with input ("Upgrade: tcp").</summary>
    public async Task<Stream> UpgradeAsync(string path, JsonNode? body, CancellationToken cancellationToken)
    {
        var json = body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body);
        var stream = await OpenAsync(cancellationToken);
        try
        {
            var head = $"POST /{path} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n";
            await stream.WriteAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes(head), .. json], cancellationToken);
            var answer = await ReadHeadAsync(stream, cancellationToken);
            var status = answer.Split(' ') is [_, { } code, ..] && int.TryParse(code, out var number) ? number : 0;
            if (status is 101 or 200) return stream;
            throw new DockerException(status, new Problem($"Docker refused {path}.", Why: answer.Split("\r\n")[0] + ".", Fix: "See whether the container runs."));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    // Byte by byte, so that nothing of what follows is taken.
    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 64 * 1024 && await stream.ReadAsync(one, cancellationToken) == 1)
        {
            head.Add(one[0]);
            if (head is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n']) break;
        }
        return System.Text.Encoding.ASCII.GetString([.. head]);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) => await ConnectAsync(cancellationToken);

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectAsync(cancellationToken);
        }
        catch (SocketException e)
        {
            throw Unreachable(e);
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private DockerException Unreachable(Exception e)
    {
        var cause = e as SocketException ?? e.InnerException as SocketException;
        var fix = cause?.SocketErrorCode switch
        {
            SocketError.AccessDenied => "Run as root, or become a member of the group docker.",
            _ => "Start it (\"systemctl start docker\"), or say where its socket is with DOCKER_HOST=unix:///path.",
        };
        return new DockerException(0, new Problem($"Docker cannot be reached at {_socket}.", Why: (cause ?? e).Message + ".", Fix: fix), e);
    }

    private static async Task<DockerException> RefusedAsync(HttpResponseMessage response, string path, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        string? message = null;
        try
        {
            message = (JsonNode.Parse(text) as JsonObject)?["message"]?.GetValue<string>();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) { }
        var status = (int)response.StatusCode;
        return new DockerException(status, new Problem(
            $"Docker answered {status} to {path.Split('?')[0]}.",
            Why: (message ?? text).Trim() is { Length: > 0 } why ? (why.EndsWith('.') ? why : why + ".") : null,
            Fix: response.StatusCode == HttpStatusCode.NotFound ? "See \"docker images\" and \"docker ps -a\" for what there is." : null));
    }
}
