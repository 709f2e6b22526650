using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flotilla.Images.Tests.Sources;

/// <summary>A registry in this process that fails as it is told (OCI distribution-spec; its faults are those of real ones).</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    private const string Uploads = "/v2/shop/blobs/uploads/";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _uploads = [];
    private int _nextUpload;

    private FakeRegistry(WebApplication app) => _app = app;

    public string Host => new Uri(_app.Urls.Single()).Authority;

    public Dictionary<string, byte[]> Blobs { get; } = [];

    public Dictionary<string, byte[]> Manifests { get; } = [];

    /// <summary>What came, as <c>METHOD path range</c>.</summary>
    public List<string> Requests { get; } = [];

    /// <summary><c>user:password</c> that a token is given for; null lets everybody in.</summary>
    public string? Login { get; set; }

    /// <summary>The refresh token that a token is given for; null for none.</summary>
    public string? IdentityToken { get; set; }

    /// <summary>Where its blobs are instead, and those who ask for one are sent; null for here.</summary>
    public FakeRegistry? Store { get; set; }

    /// <summary>Who asked, for each request: the header as it came.</summary>
    public List<string> Asking { get; } = [];

    /// <summary>Whether the login is asked for without tokens.</summary>
    public bool Basic { get; set; }

    /// <summary>How often still to plead for time, and for how many seconds.</summary>
    public (int Times, int Seconds) Busy { get; set; }

    /// <summary>After how many bytes of a blob to cut the connection, the first times.</summary>
    public (int Times, int Bytes) Cut { get; set; }

    /// <summary>After how many bytes of a piece that is sent here to cut the connection, the first times.</summary>
    public (int Times, int Bytes) CutUpload { get; set; }

    /// <summary>How often still to do what is asked and not say it, the beginning of such requests, and whether to say the head of the answer.</summary>
    public (int Times, string Request, bool SaysHead) Silent { get; set; }

    /// <summary>The clock of who asks, by which a silence is over soon.</summary>
    public HastyTime? Time { get; set; }

    /// <summary>Whether ranges are known.</summary>
    public bool Ranges { get; set; } = true;

    public static async Task<FakeRegistry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var registry = new FakeRegistry(app);
        app.Run(registry.AnswerAsync);
        await app.StartAsync();
        return registry;
    }

    public static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Adds an image of one layer; what it gives back may be spoilt afterwards.</summary>
    public void Add(string tag, byte[] config, byte[] layer, long? layerSize = null, string? layerDigest = null)
    {
        Blobs[DigestOf(config)] = config;
        Blobs[layerDigest ?? DigestOf(layer)] = layer;
        Manifests[tag] = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{DigestOf(config)}}","size":{{config.Length}}},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{layerDigest ?? DigestOf(layer)}}","size":{{layerSize ?? layer.Length}}}]}
            """);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        bool silent;
        lock (_lock)
        {
            Requests.Add($"{request.Method} {request.Path} {request.Headers.Range}{request.Headers.ContentRange}".TrimEnd());
            Asking.Add(request.Headers.Authorization.ToString());
            silent = Silent.Times > 0 && Requests[^1].StartsWith(Silent.Request, StringComparison.Ordinal);
            if (silent) Silent = Silent with { Times = Silent.Times - 1 };
        }
        if (silent) await FallSilentAsync(context);
        else await DispatchAsync(context);
    }

    private async Task FallSilentAsync(HttpContext context)
    {
        var begun = Time!.Patiences;
        var body = context.Response.Body;
        context.Response.Body = new MemoryStream();
        await DispatchAsync(context);
        if (Silent.SaysHead) await body.FlushAsync();
        // Who has the head waits for the body with a patience of its own.
        Time.EndPatience(Silent.SaysHead ? begun : 0);
        var gone = new TaskCompletionSource();
        await using (context.RequestAborted.Register(gone.SetResult)) await gone.Task;
    }

    private async Task DispatchAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path == "/token")
        {
            await TokenAsync(context);
            return;
        }
        if (Login is not null && request.Headers.Authorization != (Basic ? "Basic " + Encoded(Login) : "Bearer good"))
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = Basic ? "Basic realm=\"shop\"" : $"Bearer realm=\"http://{Host}/token\",service=\"fake registry\",scope=\"repository:shop:pull\"";
            return;
        }
        lock (_lock)
        {
            if (Busy.Times > 0)
            {
                Busy = (Busy.Times - 1, Busy.Seconds);
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = Busy.Seconds.ToString(CultureInfo.InvariantCulture);
                return;
            }
        }
        var path = request.Path.Value!;
        if (path.StartsWith(Uploads, StringComparison.Ordinal)) await UploadAsync(context, path[Uploads.Length..]);
        else if (path.StartsWith("/v2/shop/manifests/", StringComparison.Ordinal)) await ManifestAsync(context, path["/v2/shop/manifests/".Length..]);
        else if (path.StartsWith("/v2/shop/blobs/", StringComparison.Ordinal)) await BlobAsync(context, path["/v2/shop/blobs/".Length..]);
        else context.Response.StatusCode = 404;
    }

    private async Task TokenAsync(HttpContext context)
    {
        if (context.Request.Method == "POST")
        {
            var form = await context.Request.ReadFormAsync();
            if (form["grant_type"] != "refresh_token" || form["service"] != "fake registry" || form["scope"].Count == 0 || form["refresh_token"] != IdentityToken) context.Response.StatusCode = 401;
            else await context.Response.WriteAsync("{\"access_token\":\"good\",\"expires_in\":60}");
            return;
        }
        if (context.Request.Query["service"] != "fake registry" || context.Request.Query["scope"].Count == 0 || context.Request.Headers.Authorization != "Basic " + Encoded(Login!))
        {
            context.Response.StatusCode = 401;
            return;
        }
        await context.Response.WriteAsync("{\"token\":\"good\",\"expires_in\":60}");
    }

    private async Task ManifestAsync(HttpContext context, string version)
    {
        if (context.Request.Method == "PUT")
        {
            Manifests[version] = await BodyAsync(context.Request);
            context.Response.StatusCode = 201;
            return;
        }
        if (!Manifests.TryGetValue(version, out var manifest))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}");
            return;
        }
        context.Response.ContentType = "application/vnd.oci.image.manifest.v1+json";
        await context.Response.Body.WriteAsync(manifest);
    }

    private async Task BlobAsync(HttpContext context, string digest)
    {
        if (Store is not null && context.Request.Method == "GET")
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = $"http://{Store.Host}{context.Request.Path}?permission=here";
            return;
        }
        if (!Blobs.TryGetValue(digest, out var blob))
        {
            context.Response.StatusCode = 404;
            return;
        }
        var from = 0;
        if (Ranges && context.Request.Headers.Range is [{ } range])
        {
            from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{blob.Length - 1}/{blob.Length}";
        }
        if (context.Request.Method == "HEAD")
        {
            context.Response.ContentLength = blob.Length;
            return;
        }
        if (Cut.Times > 0 && blob.Length - from > Cut.Bytes)
        {
            Cut = (Cut.Times - 1, Cut.Bytes);
            // What was sent before a connection is reset need not arrive; what was sent before an early end does.
            if (Cut.Bytes == 0) context.Abort();
            else await context.Response.Body.WriteAsync(blob.AsMemory(from, Cut.Bytes));
            return;
        }
        context.Response.ContentLength = blob.Length - from;
        await context.Response.Body.WriteAsync(blob.AsMemory(from));
    }

    private async Task UploadAsync(HttpContext context, string id)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Method == "POST") _uploads[id = (++_nextUpload).ToString(CultureInfo.InvariantCulture)] = [];
        if (!_uploads.TryGetValue(id, out var have))
        {
            response.StatusCode = 404;
            return;
        }
        if (request.Method == "PATCH")
        {
            if (request.Headers.ContentRange.ToString().Split('-')[0] != have.Length.ToString(CultureInfo.InvariantCulture))
            {
                response.StatusCode = 416;
                return;
            }
            if (CutUpload.Times > 0)
            {
                CutUpload = (CutUpload.Times - 1, CutUpload.Bytes);
                var part = new byte[CutUpload.Bytes];
                await request.Body.ReadExactlyAsync(part);
                _uploads[id] = [.. have, .. part];
                context.Abort();
                return;
            }
            _uploads[id] = have = [.. have, .. await BodyAsync(request)];
        }
        if (request.Method == "PUT")
        {
            var digest = request.Query["digest"].ToString();
            if (DigestOf(have) != digest)
            {
                response.StatusCode = 400;
                await response.WriteAsync("{\"errors\":[{\"code\":\"DIGEST_INVALID\",\"message\":\"provided digest did not match uploaded content\"}]}");
                return;
            }
            Blobs[digest] = have;
            response.StatusCode = 201;
            return;
        }
        response.StatusCode = request.Method == "GET" ? 204 : 202;
        response.Headers.Location = Uploads + id + "?_state=x";
        response.Headers["Range"] = $"0-{Math.Max(0, have.Length - 1)}";
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static string Encoded(string login) => Convert.ToBase64String(Encoding.UTF8.GetBytes(login));
}

/// <summary>A clock whose timers end as soon as they are set, and that remembers for how long they were.</summary>
internal sealed class HastyTime : TimeProvider
{
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(61.5);

    private readonly Lock _lock = new();
    private readonly List<PatienceTimer> _patiences = [];
    private bool _nextEnds;

    public List<TimeSpan> Waits { get; } = [];

    /// <summary>How often somebody began to be patient.</summary>
    public int Patiences
    {
        get { lock (_lock) return _patiences.Count; }
    }

    /// <summary>How often somebody's patience began anew.</summary>
    public int Renewals { get; private set; }

    /// <summary>Ends the patience that somebody has, if it began as the given one or later, else that of who begins next.</summary>
    public void EndPatience(int from)
    {
        PatienceTimer? had;
        lock (_lock)
        {
            had = _patiences.Skip(from).LastOrDefault(timer => !timer.IsOver);
            _nextEnds = had is null;
        }
        had?.End();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Timeouts are as ever; only waits are cut short.
        if (dueTime == Timeout.InfiniteTimeSpan) return base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == Patience)
            lock (_lock)
            {
                var timer = new PatienceTimer(this, base.CreateTimer(callback, state, _nextEnds ? TimeSpan.Zero : dueTime, period), () => callback(state));
                _nextEnds = false;
                _patiences.Add(timer);
                return timer;
            }
        lock (Waits) Waits.Add(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class PatienceTimer(HastyTime time, ITimer timer, Action end) : ITimer
    {
        public bool IsOver { get; private set; }

        public void End() => end();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Renewals++;
            return timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            lock (time._lock) IsOver = true;
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
