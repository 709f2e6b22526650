namespace Flotilla.Core.Http;

/// <summary>The seam through which Flotilla speaks HTTP: to real sockets, or to the instances of a simulated fleet.</summary>
public interface IHttp
{
    /// <summary>Sends one request and reads the whole reply.</summary>
    /// <exception cref="HttpCallException">No reply: refused, reset, timed out, or too large.</exception>
    Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken);
}

/// <summary>One HTTP request.</summary>
/// <param name="Method">GET, POST, …</param>
/// <param name="Url">Absolute, http or https.</param>
/// <param name="Body">UTF-8 text to send; null for none.</param>
/// <param name="Timeout">For the whole exchange; 10 seconds unless given.</param>
public sealed record HttpCall(string Method, Uri Url, string? Body = null, TimeSpan? Timeout = null)
{
    /// <summary>The timeout that holds when none is given.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(10);
}

/// <summary>The reply to an <see cref="HttpCall"/>.</summary>
/// <param name="Status">100 to 599.</param>
/// <param name="Body">The body as UTF-8 text.</param>
public sealed record HttpReply(int Status, string Body)
{
    /// <summary>True for 200 to 399.</summary>
    public bool IsSuccess => Status is >= 200 and <= 399;
}

/// <summary>There was no reply; the message says what happened and with whom.</summary>
public sealed class HttpCallException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>Shorthands over <see cref="IHttp.SendAsync"/>.</summary>
public static class HttpExtensions
{
    /// <summary>GET.</summary>
    public static Task<HttpReply> GetAsync(this IHttp http, Uri url, CancellationToken cancellationToken) =>
        http.SendAsync(new HttpCall("GET", url), cancellationToken);

    /// <summary>POST with an optional UTF-8 body.</summary>
    public static Task<HttpReply> PostAsync(this IHttp http, Uri url, string? body, CancellationToken cancellationToken) =>
        http.SendAsync(new HttpCall("POST", url, body), cancellationToken);
}
