using System.Net.Sockets;

namespace Flotilla.Core.Http.Real;

/// <summary><see cref="IHttp"/> over real sockets.</summary>
public sealed class NetworkHttp : IHttp, IDisposable
{
    private const int BytesMax = 16 << 20;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = BytesMax,
    };

    /// <inheritdoc/>
    public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        var timeout = call.Timeout ?? HttpCall.DefaultTimeout;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Url);
        if (call.Body is not null) request.Content = new StringContent(call.Body);
        try
        {
            using var response = await _client.SendAsync(request, limit.Token);
            return new HttpReply((int)response.StatusCode, await ReadAsync(response.Content, limit.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpCallException($"{call.Method} {call.Url}: no reply within {timeout.TotalSeconds:0.###} s");
        }
        catch (HttpRequestException e)
        {
            var cause = e.InnerException is SocketException socket ? socket.Message : e.Message;
            throw new HttpCallException($"{call.Method} {call.Url}: {cause}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsStringAsync(cancellationToken);
        }
        catch (InvalidOperationException) when (content.Headers.ContentType is { CharSet: not null } type)
        {
            // It names a charset that .NET does not know, such as "utf8". Without one the body is read as UTF-8.
            type.CharSet = null;
            return await content.ReadAsStringAsync(cancellationToken);
        }
    }
}
