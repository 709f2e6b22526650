using Flotilla.Benchmarks.Harness;
using Flotilla.Benchmarks.Images;

namespace Flotilla.Benchmarks.Inspection;

/// <summary><c>flotilla inspect</c> on a large package of Python, beside the tools themselves.</summary>
/// <param name="package">A package of Python; null for Debian's Celery.</param>
internal sealed class InspectBenchmark(string? package) : Benchmark
{
    public override string Name => "inspect";

    public override string What => "inspect on a package of Python beside its tools one after another; again unchanged, and edited; what blending keeps.";

    public override async Task RunAsync(Report report, int runs)
    {
        if (PythonTools.Programs.FirstOrDefault(program => !Measured.IsInstalled(program)) is { } missing)
            throw new InvalidOperationException($"{missing} is not installed: apt install pylint pycodestyle pyflakes3 python3-mccabe dodgy.");
        await InspectRun.BuildAsync();
        await PythonMeasures.RunAsync(report, runs, package);
    }
}
