using System.Diagnostics;
using System.Text.Json;

// A small web shop. HOST and PORT say where it listens, SHOP_CONFIG where its configuration stands; Flotilla sets them.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
app.Urls.Add($"http://{Environment.GetEnvironmentVariable("HOST") ?? "127.0.0.1"}:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");

var config = JsonSerializer.Deserialize<ShopConfig>(File.ReadAllText(Environment.GetEnvironmentVariable("SHOP_CONFIG")!), JsonSerializerOptions.Web)!;
var metrics = new ShopMetrics();
var delay = TimeSpan.Zero;
var failing = false;

app.MapGet("/", async () =>
{
    var start = Stopwatch.GetTimestamp();
    await Task.Delay(TimeSpan.FromMilliseconds(5) + delay); // what a database would take
    metrics.Observe(Stopwatch.GetElapsedTime(start).TotalSeconds, failed: failing);
    return failing ? Results.StatusCode(500) : Results.Json(config.Products);
});
app.MapGet("/healthz", () => "ok");
app.MapGet("/metrics", () => Results.Text(metrics.Render(), "text/plain; version=0.0.4"));

// The switches that make this instance misbehave, for scenarios.
app.MapPost("/slow", (int milliseconds) =>
{
    delay = TimeSpan.FromMilliseconds(milliseconds);
    Console.WriteLine($"answers {milliseconds} ms late from now on");
});
app.MapPost("/fail", () =>
{
    failing = true;
    Console.WriteLine("answers with errors from now on");
});

Console.WriteLine($"{config.Name} listens on {string.Join(", ", app.Urls)}");
await app.RunAsync();

internal sealed record ShopConfig(string Name, IReadOnlyList<string> Products);

/// <summary>What the shop says about itself in the Prometheus text format.</summary>
internal sealed class ShopMetrics
{
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[Bounds.Length];
    private double _sum;
    private long _count;
    private long _errors;

    public void Observe(double seconds, bool failed)
    {
        lock (_lock)
        {
            for (var i = 0; i < Bounds.Length; i++)
                if (seconds <= Bounds[i]) _buckets[i]++;
            _sum += seconds;
            _count++;
            if (failed) _errors++;
        }
    }

    public string Render()
    {
        lock (_lock)
        {
            var lines = new List<string> { "# TYPE http_request_seconds histogram" };
            for (var i = 0; i < Bounds.Length; i++) lines.Add($"http_request_seconds_bucket{{le=\"{Bounds[i]}\"}} {_buckets[i]}");
            lines.Add($"http_request_seconds_bucket{{le=\"+Inf\"}} {_count}");
            lines.Add($"http_request_seconds_sum {_sum}");
            lines.Add($"http_request_seconds_count {_count}");
            lines.Add("# TYPE http_errors_total counter");
            lines.Add($"http_errors_total {_errors}");
            return string.Join('\n', lines) + "\n";
        }
    }
}
