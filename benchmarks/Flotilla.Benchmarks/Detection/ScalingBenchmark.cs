using Flotilla.Benchmarks.Harness;
using Flotilla.Detection;

namespace Flotilla.Benchmarks.Detection;

/// <summary>How the time of a whole replay grows with the length of the series.</summary>
internal sealed class ScalingBenchmark : Benchmark
{
    private const int Smallest = 62_500;
    private const int Largest = 1_000_000;
    private const int StepSeconds = 10;

    public override string Name => "scaling";

    public override string What => $"Crucible's algorithms but ks_test over whole histories of {Smallest:N0} to {Largest:N0} points, one thread.";

    public override Task RunAsync(Report report, int runs)
    {
        var points = MadeUpSeries.Noisy(1, Largest, StepSeconds);
        DetectorDefinition[] detectors = [.. DetectorCatalog.Crucible.Where(detector => detector.Name != "ks_test")];
        // What a point costs is asked for, not what the first one costs.
        foreach (var detector in detectors) Replay(detector, points.AsSpan(0, Smallest));

        var before = new double[runs];
        for (var length = Smallest; length <= Largest; length *= 2)
        {
            var total = new double[runs];
            foreach (var detector in detectors)
            {
                var seconds = new double[runs];
                for (var run = 0; run < runs; run++) seconds[run] = Replay(detector, points.AsSpan(0, length));
                for (var run = 0; run < runs; run++) total[run] += seconds[run];
                if (length == Largest) report.Tell($"{detector.Name}, {length:N0} points: a verdict", [.. seconds.Select(each => each / length * 1e9)], "ns");
            }
            report.Tell($"all eight, {length:N0} points", total, "s");
            if (length > Smallest)
                report.AtMost($"all eight, {length:N0} points / {length / 2:N0} points", [total.Order().ElementAt(runs / 2) / before.Order().ElementAt(runs / 2)], "", 2.3);
            if (length == Largest)
            {
                report.AtLeast("verdicts in a second", [.. total.Select(each => detectors.Length * (double)length / each)], "/s", 500_000);
                report.Tell("points in a second, each judged by all eight", [.. total.Select(each => length / each)], "/s");
            }
            before = total;
        }
        report.Note("CPU time.");
        return Task.CompletedTask;
    }

    private static double Replay(DetectorDefinition definition, ReadOnlySpan<Point> points)
    {
        var detector = definition.Create();
        var before = CpuTime.Seconds;
        foreach (var point in points) detector.Observe(point);
        return CpuTime.Seconds - before;
    }
}
