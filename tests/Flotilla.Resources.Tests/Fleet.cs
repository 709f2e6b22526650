using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Simulated;

namespace Flotilla.Resources.Tests;

/// <summary>Plan and apply in one line.</summary>
internal static class Fleet
{
    public static ResourceProviders Providers => ResourceProviders.BuiltIn;

    public static MemoryMachine Machine() => new("web-1");

    public static Task<Plan> PlanAsync(this IMachine machine, params IEnumerable<Resource> resources) =>
        new Planner(Providers).PlanAsync(Catalog.Build(resources), machine, CancellationToken.None);

    public static Task<ApplyReport> ApplyAsync(this IMachine machine, params IEnumerable<Resource> resources) =>
        new Applier(Providers, TimeProvider.System).ApplyAsync(Catalog.Build(resources), machine, null, CancellationToken.None);

    /// <summary>Every result that failed or was skipped, a line each.</summary>
    public static string Errors(this ApplyReport report) =>
        string.Join('\n', report.Results.Where(result => result.Error is not null).Select(result => $"{result.Id} {result.Outcome}: {result.Error}"));
}
