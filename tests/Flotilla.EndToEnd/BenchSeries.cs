using System.Globalization;
using Flotilla.Testing;

namespace Flotilla.EndToEnd;

/// <summary>A folder with series to bench, made for one test.</summary>
public sealed class BenchSeries : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string File(params string[] parts) => _folder.File(parts);

    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>A wave of a sine with spikes, a point a minute from 2014-05-13 16:53:20 on, as Crucible's JSON.</summary>
    public BenchSeries Wave(string name, int points, params int[] spikes)
    {
        var rows = Enumerable.Range(0, points).Select(at => string.Create(CultureInfo.InvariantCulture,
            $"[{1_400_000_000 + 60 * at}, {(spikes.Contains(at) ? 90 : Math.Round(Math.Sin(at / 3.0), 3))}]"));
        Write(name, $"[{string.Join(",\n", rows)}]");
        return this;
    }

    public Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        FlotillaCommand.RunAsync(Path, null, ["bench", .. arguments]);

    public void Dispose() => _folder.Dispose();
}
