using Flotilla.Apps;
using Flotilla.Apps.Engines.Real;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core.Http.Real;

namespace Flotilla.Benchmarks.Whole;

/// <summary>Process engines to measure.</summary>
internal static class Engines
{
    public static ProcessEngine New(TemporaryFolder folder, NetworkHttp http, bool useCgroups) => new(new ProcessEngineOptions
    {
        StateDirectory = folder.File("state"),
        Http = http,
        Time = TimeProvider.System,
        Random = Random.Shared,
        UseCgroups = useCgroups,
    });

    public static InstanceStart Start(AppDescription app) => new(new InstanceId(app.Name, 0), 1, app, "web-1", [], _ => { });
}
