using System.Globalization;
using Flotilla.Detection.Bench;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests.Bench;

/// <summary>A folder of small series, and detectors that do one thing.</summary>
internal sealed class BenchFolder : IDisposable
{
    public const long Start = 1_400_000_000;

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public BenchFolder Add(string path, params double?[] values)
    {
        var rows = values.Select((value, at) => $"[{Start + 60 * at}, {value?.ToString("R", CultureInfo.InvariantCulture) ?? "null"}]");
        _folder.Write(path, $"[{string.Join(",\n", rows)}]");
        return this;
    }

    public string Write(string path, string text) => _folder.Write(path, text);

    public BenchRequest Request(params DetectorDefinition[] detectors) => new(SeriesFolder.Find(Path, new()), detectors);

    public Task<BenchResult> RunAsync(params DetectorDefinition[] detectors) => RunAsync(Request(detectors));

    public static Task<BenchResult> RunAsync(BenchRequest request) => BenchRun.RunAsync(request, null, TestContext.Current.CancellationToken);

    /// <summary>A wave of small numbers with a spike.</summary>
    public static double?[] Wave(int points, int spike) => [.. Enumerable.Range(0, points).Select(at => (double?)(at == spike ? 90 : Math.Round(Math.Sin(at / 3.0), 3)))];

    public static DetectorDefinition Above(double limit, string name = "above") => new(name, () => new Acting(point => Verdict.FromScore(point.Value / limit)));

    public static DetectorDefinition Doing(string name, Func<Point, Verdict> act) => new(name, () => new Acting(act));

    /// <summary>The same but for times.</summary>
    public static BenchResult Timeless(BenchResult result) => result with
    {
        Seconds = 0,
        Series = [.. result.Series.Select(series => series with { Detectors = [.. series.Detectors.Select(detector => detector with { Seconds = 0 })] })],
    };

    public static string Json(BenchResult result) => System.Text.Json.JsonSerializer.Serialize(Timeless(result), BenchResultFile.JsonType);

    public void Dispose() => _folder.Dispose();

    private sealed class Acting(Func<Point, Verdict> act) : IDetector
    {
        public Verdict Observe(Point point) => act(point);
    }
}
