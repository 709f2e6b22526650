using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Micro;

/// <summary>Small things alone, with BenchmarkDotNet.</summary>
internal static class MicroBenchmarks
{
    public static int Run()
    {
        using var artifacts = new TemporaryFolder();
        // Within this process: the projects that BenchmarkDotNet would write do not build under this repository's rules.
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(artifacts.Path);
        System.Console.WriteLine($"machine  {Machine.Describe()}");
        var summaries = BenchmarkRunner.Run([typeof(PrometheusBenchmark), typeof(DetectorBenchmark), typeof(PlanBenchmark), typeof(PublishBenchmark)], config);
        return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
