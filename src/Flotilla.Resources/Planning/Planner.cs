using Flotilla.Core;
using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Finds out what would change on a host, and changes nothing.</summary>
/// <param name="providers">One for each type of resource.</param>
public sealed class Planner(ResourceProviders providers)
{
    /// <summary>
    /// Reads all resources, one call of the provider for each type, and compares. Resources that cannot be read are
    /// problems of the plan; the others are compared all the same.
    /// </summary>
    public async Task<Plan> PlanAsync(Catalog catalog, IMachine machine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(machine);
        var readings = new Answer?[catalog.InOrder.Count];
        foreach (var type in catalog.InOrder.Select((resource, place) => (resource, place)).GroupBy(pair => pair.resource.Type, StringComparer.Ordinal))
        {
            var resources = type.Select(pair => pair.resource).ToList();
            var places = type.Select(pair => pair.place).ToList();
            var read = await ReadAsync(resources, machine, cancellationToken);
            for (var i = 0; i < places.Count; i++) readings[places[i]] = read[i];
        }
        var changes = new List<ResourceChange>();
        var problems = new List<Problem>();
        var unchanged = 0;
        foreach (var reading in readings)
        {
            if (reading!.Problems is { } unread) problems.AddRange(unread);
            else if (reading.Change is { } change) changes.Add(change);
            else unchanged++;
        }
        return new Plan(machine.Name, changes, unchanged, problems);
    }

    private async Task<IReadOnlyList<Answer>> ReadAsync(List<Resource> resources, IMachine machine, CancellationToken cancellationToken)
    {
        try
        {
            var changes = await Reading.CompareAsync(providers.For(resources[0]), resources, machine, cancellationToken);
            return [.. changes.Select(change => new Answer(change, null))];
        }
        catch (Exception failure) when (!Failure.IsCancellation(failure, cancellationToken))
        {
            if (resources is [var only]) return [new Answer(null, Failure.Problems(only, failure))];
            // One that cannot be read must not hide the others.
            var readings = new List<Answer>();
            foreach (var resource in resources) readings.AddRange(await ReadAsync([resource], machine, cancellationToken));
            return readings;
        }
    }

    private sealed record Answer(ResourceChange? Change, IReadOnlyList<Problem>? Problems);
}
