using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Flotilla.Core;

namespace Flotilla.Images.Registries.Real;

/// <summary>Sends requests to one registry: who asks, what to follow, when to try again.</summary>
internal sealed class RegistryConnection : IDisposable
{
    private const int RedirectsMax = 5;
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http;
    private readonly RegistryReference _reference;
    private readonly RegistryLogin _login;

    public RegistryConnection(RegistryReference reference, RegistryOptions options, string actions)
    {
        (_reference, Options) = (reference, options);
        var host = reference.Host == RegistryReference.DockerHub ? "registry-1.docker.io" : reference.Host;
        // Port by port there is no telling; what Docker does is believed: this machine's own registries are plain.
        var scheme = options.PlainHttp || IsLoopback(host) ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        Root = new Uri($"{scheme}://{host}/v2/");
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30) }) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd($"flotilla/{typeof(RegistryConnection).Assembly.GetName().Version?.ToString(3)}");
        var scope = string.Join(' ', [$"repository:{reference.Repository}:{actions}", .. options.MountFrom.Where(each => each != reference.Repository).Select(each => $"repository:{each}:pull")]);
        _login = new RegistryLogin(_http, reference, options, scope);
    }

    public RegistryOptions Options { get; }

    public RegistryReference Reference => _reference;

    public Uri Root { get; }

    public Uri Address(string path) => new(Root, $"{_reference.Repository}/{path}");

    public void Dispose() => _http.Dispose();

    /// <summary>
    /// Sends what <paramref name="make"/> makes, anew for each attempt, and gives the first answer that is neither a challenge, a redirection
    /// nor a plea to come back. Answers of failure are given as well.
    /// </summary>
    /// <param name="make">Makes the request.</param>
    /// <param name="repeat">Whether to try again when the connection breaks: not for what must not happen twice.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, bool repeat, CancellationToken cancellationToken)
    {
        var challenged = false;
        for (var attempt = 0; ; attempt++)
        {
            HttpResponseMessage response;
            try
            {
                response = await FollowAsync(make, cancellationToken);
                // A store that the registry points to is not to be told who asks.
                if (response.StatusCode == HttpStatusCode.Unauthorized && IsOfRegistry(response.RequestMessage!.RequestUri!))
                {
                    using (response) await _login.AnswerAsync(response, challenged, cancellationToken);
                    challenged = true;
                    attempt--;
                    continue;
                }
            }
            catch (Exception e) when (IsBroken(e, cancellationToken))
            {
                if (!repeat || attempt + 1 >= Options.AttemptsMax || IsHopeless(e)) throw Unreachable(e);
                await WaitAsync(attempt, null, cancellationToken);
                continue;
            }
            var later = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
                || (repeat && response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.InternalServerError);
            if (!later) return response;
            using (response)
            {
                if (attempt + 1 >= Options.AttemptsMax) throw await FailureAsync(response, _reference.ToString(), cancellationToken);
                await WaitAsync(attempt, response, cancellationToken);
            }
        }
    }

    /// <summary>Waits before a repetition: as long as the registry says, else as the options do.</summary>
    public async Task WaitAsync(int attempt, HttpResponseMessage? response, CancellationToken cancellationToken)
    {
        var said = response?.Headers.RetryAfter;
        var wait = said?.Delta ?? (said?.Date is { } date ? date - Options.Time.GetUtcNow() : Options.Retry.Delay(attempt, Options.Random));
        if (wait > RetryAfterMax)
            throw ImageException.Of(ImageFault.Unreachable, $"{_reference.Host} takes no more requests for {wait.TotalMinutes:0} minutes.", fix: "Try again then, or log in: registries allow more to who they know.");
        if (wait > TimeSpan.Zero) await Options.Time.Delay(wait, cancellationToken);
    }

    /// <summary>What an answer of failure means.</summary>
    public async Task<ImageException> FailureAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var (code, message) = await ErrorAsync(response, cancellationToken);
        var why = message is null ? $"it answered {(int)response.StatusCode}." : $"it answered {(int)response.StatusCode}: {message.TrimEnd('.')}.";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => await _login.RefusedAsync(why),
            HttpStatusCode.NotFound => ImageException.Of(ImageFault.NotFound, $"{_reference.Host} has no {what}.", code is null ? null : why, "Check its name and tag."),
            HttpStatusCode.TooManyRequests => ImageException.Of(ImageFault.Unreachable, $"{_reference.Host} takes no more requests.", why, "Try again later, or log in: registries allow more to who they know."),
            HttpStatusCode.BadRequest when code is "DIGEST_INVALID" or "SIZE_INVALID" => ImageException.Of(ImageFault.DigestMismatch, $"{_reference.Host} received something other than what was sent.", why, "Try again."),
            _ => ImageException.Of(ImageFault.Unreachable, $"{_reference.Host} refused {what}.", why, "Try again later; if that does not help, ask who runs it."),
        };
    }

    public ImageException Unreachable(Exception e) => ImageException.Of(
        ImageFault.Unreachable, $"{Root.GetLeftPart(UriPartial.Authority)} cannot be reached.", (e.InnerException ?? e).Message.TrimEnd('.') + ".",
        Root.Scheme == Uri.UriSchemeHttps && e.InnerException is System.Security.Authentication.AuthenticationException
            ? "Trust its certificate, or say --plain-http if it speaks no TLS." : "Check its name and the network, and try again.", e);

    /// <summary>Whether the connection failed, rather than the one who waits for it gave up.</summary>
    public static bool IsBroken(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private bool IsOfRegistry(Uri address) => address.Scheme == Root.Scheme && address.Authority == Root.Authority;

    private static bool IsHopeless(Exception e) => e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError };

    private static bool IsLoopback(string host)
    {
        var name = host[0] == '[' ? host[1..host.IndexOf(']')] : host.Split(':')[0];
        return name == "localhost" || (IPAddress.TryParse(name, out var address) && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && IPAddress.IsLoopback(address!));
    }

    private async Task<HttpResponseMessage> FollowAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        Uri? moved = null;
        for (var hop = 0; ; hop++)
        {
            using var request = make();
            if (moved is not null) request.RequestUri = moved;
            // Who asks is for the registry alone: stores that it points to have their permission in the address.
            if (IsOfRegistry(request.RequestUri!)) request.Headers.Authorization = _login.Header;
            var response = await Patience.SendAsync(_http, request, Options, cancellationToken);
            var follow = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;
            if (!follow || (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location) return response;
            response.Dispose();
            moved = new Uri(request.RequestUri!, location);
            if (hop == RedirectsMax || (moved.Scheme != Uri.UriSchemeHttps && moved.Scheme != Root.Scheme))
                throw ImageException.Of(ImageFault.Unreachable, $"{_reference.Host} points to {moved.GetLeftPart(UriPartial.Authority)}.", hop == RedirectsMax ? "and that to ever more places." : "that is not encrypted.", "Ask who runs it.");
        }
    }

    private async Task<(string? Code, string? Message)> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await Patience.BodyAsync(response, Options, cancellationToken);
            var bytes = new byte[16 * 1024];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            using var json = JsonDocument.Parse(bytes.AsMemory(0, length));
            var first = json.RootElement.GetProperty("errors")[0];
            return (first.GetProperty("code").GetString(), first.TryGetProperty("message", out var message) ? message.GetString() : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException or HttpRequestException or IndexOutOfRangeException)
        {
            return (null, null);
        }
    }
}
