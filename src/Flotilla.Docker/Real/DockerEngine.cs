using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Core;
using Flotilla.Docker.Real;

namespace Flotilla.Docker;

/// <summary>
/// The Docker Engine API over its unix socket: versions 1.41 (Docker 20.10) and newer. Failures are <see cref="DockerException"/>.
/// </summary>
public sealed partial class DockerEngine : IDisposable
{
    /// <summary>Where the engine listens unless DOCKER_HOST says otherwise.</summary>
    public const string DefaultSocket = "/var/run/docker.sock";

    private const string Api = "v1.41/";

    private readonly EngineConnection _engine;

    /// <summary>The engine behind a socket. Nothing is sent yet.</summary>
    /// <param name="socket">The socket's path; null for that of DOCKER_HOST, else <see cref="DefaultSocket"/>.</param>
    public DockerEngine(string? socket = null)
    {
        Socket = socket ?? SocketOf(Environment.GetEnvironmentVariable("DOCKER_HOST"));
        _engine = new EngineConnection(Socket);
    }

    /// <summary>The path of the socket.</summary>
    public string Socket { get; }

    /// <summary>Whether it answers.</summary>
    public async Task<bool> PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _engine.SendAsync(HttpMethod.Get, "_ping", null, cancellationToken);
            return true;
        }
        catch (DockerException)
        {
            return false;
        }
    }

    /// <summary>What it is.</summary>
    public async Task<DockerVersion> VersionAsync(CancellationToken cancellationToken)
    {
        var json = await _engine.JsonAsync(HttpMethod.Get, "version", null, cancellationToken);
        return new DockerVersion(Text(json, "Version"), Text(json, "ApiVersion"), Text(json, "Os"), Text(json, "Arch"));
    }

    /// <summary>All images that have a name or nothing built upon them.</summary>
    public async Task<IReadOnlyList<DockerImage>> ImagesAsync(CancellationToken cancellationToken)
    {
        var json = await _engine.JsonAsync(HttpMethod.Get, Api + "images/json", null, cancellationToken);
        return [.. Items(json).Select(each => new DockerImage(Text(each, "Id"), Strings(each["RepoTags"]), Number(each, "Size"), []))];
    }

    /// <summary>The image of a name or id; null when there is none.</summary>
    public async Task<DockerImage?> FindImageAsync(string image, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        try
        {
            var json = await _engine.JsonAsync(HttpMethod.Get, $"{Api}images/{Name(image)}/json", null, cancellationToken);
            return new DockerImage(Text(json, "Id"), Strings(json["RepoTags"]), Number(json, "Size"), Strings(json["RootFS"]?["Layers"]));
        }
        catch (DockerException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Writes images as <c>docker save</c> does. A name keeps its tag in the archive, an id has none.</summary>
    public async Task SaveImageAsync(string image, Stream to, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        ArgumentNullException.ThrowIfNull(to);
        using var response = await _engine.SendAsync(HttpMethod.Get, $"{Api}images/{Name(image)}/get", null, cancellationToken);
        await response.Content.CopyToAsync(to, cancellationToken);
    }

    /// <summary>
    /// Loads an archive as <c>docker load</c> does. The engine reports some failures within its answer and some not at all: look for the
    /// image afterwards.
    /// </summary>
    /// <param name="write">Writes the archive.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    /// <returns>What the engine said, one line each.</returns>
    public async Task<IReadOnlyList<string>> LoadImageAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var content = new WriterContent(write);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        try
        {
            using var response = await _engine.SendAsync(HttpMethod.Post, Api + "images/load?quiet=1", content, cancellationToken);
            return await MessagesAsync(response, "load the archive", cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or DockerException { Status: 0 } && content.Failure is not (null or IOException or OperationCanceledException))
        {
            // What went wrong while writing says more than the connection that broke of it.
            ExceptionDispatchInfo.Throw(content.Failure!);
            throw;
        }
    }

    /// <summary>Gives an image another name.</summary>
    public async Task TagImageAsync(string image, string repository, string tag, CancellationToken cancellationToken) =>
        await _engine.PostAsync($"{Api}images/{Name(image)}/tag?repo={Uri.EscapeDataString(repository)}&tag={Uri.EscapeDataString(tag)}", null, cancellationToken);

    /// <summary>Removes a name, and the image with its last one; false when there was none.</summary>
    public async Task<bool> RemoveImageAsync(string image, bool force, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _engine.SendAsync(HttpMethod.Delete, $"{Api}images/{Name(image)}?force={Flag(force)}", null, cancellationToken);
            return true;
        }
        catch (DockerException e) when (e.Status == 404)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    private static string SocketOf(string? host)
    {
        if (string.IsNullOrEmpty(host)) return DefaultSocket;
        const string scheme = "unix://";
        return host.StartsWith(scheme, StringComparison.Ordinal)
            ? host[scheme.Length..]
            : throw new DockerException(0, new Problem($"DOCKER_HOST is {host}, but only unix sockets are supported.", Fix: "Set it to unix:///path/of/docker.sock, for example of an ssh tunnel (ssh -L /tmp/docker.sock:/var/run/docker.sock HOST)."));
    }

    // Errors come as lines of the answer, after a status of 200.
    private static async Task<IReadOnlyList<string>> MessagesAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var lines = new List<string>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            JsonNode? json;
            try
            {
                json = JsonNode.Parse(line);
            }
            catch (JsonException)
            {
                lines.Add(line);
                continue;
            }
            if (json?["error"]?.GetValue<string>() is { } error) throw new DockerException((int)response.StatusCode, new Problem($"Docker could not {what}.", Why: error + "."));
            if (json?["stream"]?.GetValue<string>().Trim() is { Length: > 0 } said) lines.Add(said);
        }
        return lines;
    }

    // A slash or colon of an image's name stays as it is; what could end the path does not.
    private static string Name(string name) => string.Join('/', name.Split('/').Select(part => Uri.EscapeDataString(part).Replace("%3A", ":").Replace("%40", "@")));

    private static string Flag(bool flag) => flag ? "1" : "0";

    private static string Text(JsonNode json, string name) => json[name] is JsonValue value ? value.ToString() : "";

    private static long Number(JsonNode json, string name) => json[name] is JsonValue value && long.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static IEnumerable<JsonNode> Items(JsonNode? json) => json is JsonArray array ? array.OfType<JsonNode>() : [];

    private static IReadOnlyList<string> Strings(JsonNode? json) => [.. Items(json).Select(each => each.ToString())];
}
