using BenchmarkDotNet.Attributes;
using Flotilla.Detection;

namespace Flotilla.Benchmarks.Micro;

/// <summary>A scrape of an app with ten histograms: 150 lines.</summary>
public class PrometheusBenchmark
{
    private static readonly string[] Bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

    private string _text = "";

    /// <summary>Writes the page.</summary>
    [GlobalSetup]
    public void Setup() => _text = string.Concat(Enumerable.Range(0, 10).Select(number =>
    {
        var name = $"http_request_{number}_seconds";
        var buckets = Bounds.Select((bound, i) => $"{name}_bucket{{method=\"GET\",le=\"{bound}\"}} {(i + 1) * 1000}\n");
        return $"# TYPE {name} histogram\n{string.Concat(buckets)}{name}_sum{{method=\"GET\"}} 123.456\n{name}_count{{method=\"GET\"}} 12000\n";
    }));

    /// <summary>Reads it.</summary>
    [Benchmark]
    public IReadOnlyList<MetricFamily> Parse() => PrometheusText.Parse(_text);
}
