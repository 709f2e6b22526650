using System.Diagnostics;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core.Simulated;
using Flotilla.Detection;

namespace Flotilla.Benchmarks.Whole;

/// <summary>A whole fleet through a virtual hour.</summary>
internal sealed class SimulationBenchmark : Benchmark
{
    private const int Hosts = 100;
    private const int Instances = 300;

    public override string Name => "simulation";

    public override string What => $"One virtual hour of {Hosts} hosts with {Instances} instances, each asked after its health and scraped every 10 s.";

    public override Task RunAsync(Report report, int runs)
    {
        var fleet = Describe();
        var seconds = new List<double>();
        var rates = new List<double>();
        var allocated = new List<double>();
        long steps = 0;
        var entries = 0;
        for (var run = 0; run < runs; run++)
        {
            SimulatedWorld? world = null;
            var bytes = GC.GetTotalAllocatedBytes();
            var started = Stopwatch.GetTimestamp();
            var result = FleetSimulation.Of(fleet).On(setup => world = setup.Network.World)
                .Run(s => s.For(1.Hours), timeout: 2.Hours);
            var took = Stopwatch.GetElapsedTime(started).TotalSeconds;
            steps = world!.Steps;
            entries = result.Timeline.Count;
            seconds.Add(took);
            rates.Add(steps / took);
            allocated.Add((GC.GetTotalAllocatedBytes() - bytes) / 1e6);
        }
        report.AtMost("wall time", seconds, "s", 5);
        report.Tell("steps (continuations and timers) in a second", rates, "/s");
        report.Tell("allocated", allocated, "MB");
        report.Note($"{steps:N0} steps and {entries:N0} timeline entries a run; the first run compiles the code, so it is the slowest.");
        return Task.CompletedTask;
    }

    private static Fleet Describe()
    {
        var fleet = new Fleet("large");
        for (var i = 0; i < Hosts; i++) fleet.Host($"web-{i}", ["web"]);
        fleet.Role("web", web =>
        {
            web.App("shop", app => app
                .Command("shop")
                .Instances(Instances)
                .Port("http")
                .HealthCheck(Http.Get("/healthz"))
                .Simulate(model => model.Histogram("http_request_seconds", meanSeconds: 0.02, perSecond: 20)));
            web.Watch(Metrics.Prometheus("shop", "http_request_seconds_mean"), with: Detectors.MedianAbsoluteDeviation(limit: 10), raise: "slow");
            web.On<Anomaly>("slow", (anomaly, host) => host.Apps["shop"].RestartAsync(anomaly.Instance));
        });
        return fleet;
    }
}
