using BenchmarkDotNet.Attributes;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;
using Flotilla.Resources;

namespace Flotilla.Benchmarks.Micro;

/// <summary>The plan of a host on which nothing is to be changed: 1,000 files on disk.</summary>
public class PlanBenchmark
{
    private const int Files = 1_000;

    private readonly Planner _planner = new(ResourceProviders.BuiltIn);
    private Catalog _catalog = Catalog.Build([]);
    private IMachine? _machine;
    private string _folder = "";

    /// <summary>Applies the catalog once.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _folder = Directory.CreateTempSubdirectory("fb-").FullName;
        _machine = new LocalMachine("web-1", _folder);
        _catalog = Catalog.Build([new DirectoryResource("/etc/many") { Mode = "0755" },
            .. Enumerable.Range(0, Files).Select(number => new FileResource($"/etc/many/{number:0000}.conf") { Content = $"number = {number}\n", Mode = "0644" })]);
        Directory.CreateDirectory(Path.Combine(_folder, "etc"));
        var report = await new Applier(ResourceProviders.BuiltIn, TimeProvider.System).ApplyAsync(_catalog, _machine, _ => { }, CancellationToken.None);
        if (!report.Succeeded) throw new InvalidOperationException(report.Results.First(result => result.Error is not null).Error);
    }

    /// <summary>Removes the files.</summary>
    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    /// <summary>Reads every file, and finds nothing to do.</summary>
    [Benchmark]
    public async Task<Plan> PlanAsync()
    {
        var plan = await _planner.PlanAsync(_catalog, _machine!, CancellationToken.None);
        return plan.IsEmpty ? plan : throw new InvalidOperationException("There is something to do.");
    }
}
