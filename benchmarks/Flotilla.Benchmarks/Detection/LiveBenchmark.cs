using Flotilla.Benchmarks.Harness;
using Flotilla.Detection;

namespace Flotilla.Benchmarks.Detection;

/// <summary>Many series at once, each with a full window of a day that points enter and leave.</summary>
internal sealed class LiveBenchmark : Benchmark
{
    private const int Metrics = 1_000;
    private const int StepSeconds = 10;
    private const int Filling = 8_640;
    private const int Measured = 1_000;
    private const int Different = 16;

    public override string Name => "live";

    public override string What => $"Skyline's nine algorithms over {Metrics:N0} series at once, a window of 24 h each, a point of each every {StepSeconds} s, one thread.";

    public override Task RunAsync(Report report, int runs)
    {
        Measure(report, runs, "noisy", MadeUpSeries.Noisy);
        // Of a series that wanders ten minutes mostly differ from the fifty before them: ks_test has most to do.
        Measure(report, runs, "wandering", MadeUpSeries.Wandering);
        report.Note("CPU time. Points go round the series, so each finds its state outside the caches. KB is 1,000 bytes.");
        return Task.CompletedTask;
    }

    private static void Measure(Report report, int runs, string kind, Func<int, int, int, Point[]> make)
    {
        var series = Enumerable.Range(0, Different).Select(seed => make(seed, Filling + runs * Measured, StepSeconds)).ToArray();
        var definition = Detectors.Skyline();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        IDetector[] detectors = [.. Enumerable.Range(0, Metrics).Select(_ => definition.Create())];
        var filling = Feed(detectors, series, 0, Filling);
        report.Tell($"{kind}: points in a second while the windows fill", [Metrics * (double)Filling / filling], "/s");
        report.AtMost($"{kind}: memory of a series, its window just full", [Kilobytes(before)], "KB", 250);
        var rates = Enumerable.Range(0, runs).Select(run => Metrics * (double)Measured / Feed(detectors, series, Filling + run * Measured, Measured)).ToList();
        report.AtLeast($"{kind}: points in a second, windows full", rates, "/s", 100_000);
        report.AtMost($"{kind}: memory of a series, at the end", [Kilobytes(before)], "KB", 250);
        GC.KeepAlive(detectors);
    }

    private static double Kilobytes(long before) => (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Metrics / 1000;

    private static double Feed(IDetector[] detectors, Point[][] series, int from, int count) => CpuTime.Of(() =>
    {
        for (var i = from; i < from + count; i++)
        {
            for (var metric = 0; metric < detectors.Length; metric++) detectors[metric].Observe(series[metric % series.Length][i]);
        }
    });
}
