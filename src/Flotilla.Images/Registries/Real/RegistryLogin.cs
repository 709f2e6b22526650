using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Flotilla.Images.Registries.Real;

/// <summary>Answers a registry's challenge: basic authentication (RFC 7617), or a token from where it points (distribution, "Token Authentication Specification").</summary>
internal sealed partial class RegistryLogin(HttpClient http, RegistryReference reference, RegistryOptions options, string scope)
{
    private readonly Lazy<Task<RegistryCredentials?>> _credentials = new(() => FindAsync(reference, options));

    /// <summary>What requests carry; null until there was a challenge.</summary>
    public AuthenticationHeaderValue? Header { get; private set; }

    /// <summary>Takes up a challenge. Asked a second time for what was refused, it refuses as well.</summary>
    public async Task AnswerAsync(HttpResponseMessage challenge, bool again, CancellationToken cancellationToken)
    {
        var refused = again;
        foreach (var offer in challenge.Headers.WwwAuthenticate)
        {
            if (offer.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && !refused)
            {
                Header = new AuthenticationHeaderValue("Bearer", await TokenAsync(Parameters(offer.Parameter ?? ""), cancellationToken));
                return;
            }
            if (offer.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && !refused && Header is null && await _credentials.Value is { IsIdentityToken: false } credentials)
            {
                Header = Basic(credentials);
                return;
            }
        }
        throw await RefusedAsync(null);
    }

    public async Task<ImageException> RefusedAsync(string? why)
    {
        var user = await _credentials.Value;
        return ImageException.Of(ImageFault.Unauthorized,
            user is null ? $"{reference.Host} wants to know who asks for {reference.Repository}." : $"{reference.Host} does not let {(user.IsIdentityToken ? "the stored token" : $"\"{user.User}\"")} at {reference.Repository}.",
            why, $"Run \"docker login {reference.Host}\", and check the image's name: registries say the same of what is not there.");
    }

    private static async Task<RegistryCredentials?> FindAsync(RegistryReference reference, RegistryOptions options) =>
        options.Credentials ?? DockerConfiguration.Find(reference.Host, options.ConfigurationFolder)
        ?? (DockerConfiguration.Helper(reference.Host, options.ConfigurationFolder) is { } helper ? await CredentialHelper.AskAsync(helper, DockerConfiguration.KeyOf(reference.Host)) : null);

    private async Task<string> TokenAsync(Dictionary<string, string> challenge, CancellationToken cancellationToken)
    {
        if (!challenge.TryGetValue("realm", out var realm) || !Uri.TryCreate(realm, UriKind.Absolute, out var address)) throw await RefusedAsync("it names no place to get a token from.");
        // Credentials go nowhere in the clear, except where the registry itself is spoken to so.
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && (address.IsLoopback || options.PlainHttp)))
            throw await RefusedAsync($"it wants credentials to be sent to {address.GetLeftPart(UriPartial.Authority)}, unencrypted.");
        challenge.TryGetValue("service", out var service);
        var credentials = await _credentials.Value;
        using var request = credentials is { IsIdentityToken: true } ? Refresh(address, service, credentials) : Get(address, service);
        if (credentials is { IsIdentityToken: false }) request.Headers.Authorization = Basic(credentials);
        using var response = await Patience.SendAsync(http, request, options, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest) throw await RefusedAsync(null);
        if (!response.IsSuccessStatusCode) throw ImageException.Of(ImageFault.Unreachable, $"{address.Host} gave no token for {reference.Repository}.", $"it answered {(int)response.StatusCode}.", "Try again later.");
        await using var body = await Patience.BodyAsync(response, options, cancellationToken);
        try
        {
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            foreach (var name in (string[])["token", "access_token"])
                if (json.RootElement.TryGetProperty(name, out var token) && token.GetString() is { Length: > 0 } text && !text.AsSpan().ContainsAny("\r\n")) return text;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) { }
        throw ImageException.Of(ImageFault.Unreachable, $"{address.Host} gave no token for {reference.Repository}.", "its answer holds none.", "Try again later.");
    }

    private HttpRequestMessage Get(Uri realm, string? service)
    {
        var query = new StringBuilder(realm.Query.Length > 1 ? realm.Query + "&" : "?");
        if (service is not null) query.Append("service=").Append(Uri.EscapeDataString(service)).Append('&');
        query.AppendJoin('&', scope.Split(' ').Select(each => "scope=" + Uri.EscapeDataString(each)));
        return new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri);
    }

    private HttpRequestMessage Refresh(Uri realm, string? service, RegistryCredentials credentials) => new(HttpMethod.Post, realm)
    {
        Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("service", service ?? ""), new("client_id", "flotilla"), new("scope", scope), new("refresh_token", credentials.Secret)]),
    };

    private static AuthenticationHeaderValue Basic(RegistryCredentials credentials) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.User}:{credentials.Secret}")));

    private static Dictionary<string, string> Parameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Parameter().Matches(text)) parameters[match.Groups["name"].Value] = match.Groups["quoted"].Success ? match.Groups["quoted"].Value.Replace("\\\"", "\"") : match.Groups["plain"].Value;
        return parameters;
    }

    [GeneratedRegex("""(?<name>[A-Za-z_]+)=("(?<quoted>(\\.|[^"\\])*)"|(?<plain>[^",\s]+))""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
