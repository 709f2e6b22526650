using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Makes a host what its catalog says.</summary>
/// <param name="providers">One for each type of resource.</param>
/// <param name="time">Measures how long each resource took.</param>
public sealed class Applier(ResourceProviders providers, TimeProvider time)
{
    /// <summary>
    /// Deals with one resource after the other, in the order of the catalog: reads it, changes it when it differs, reads it
    /// again to prove that it is as declared, and then refreshes it once when one that it subscribes to changed or was
    /// refreshed. When one fails, those that depend on it are skipped, and the others go on. Nothing is undone.
    /// </summary>
    /// <param name="catalog">What shall be.</param>
    /// <param name="machine">Where.</param>
    /// <param name="progress">Told of each resource when it is done.</param>
    /// <param name="cancellationToken">Stops between two resources, with <see cref="OperationCanceledException"/>; what is done stays.</param>
    /// <remarks>A refresh that is still due when the apply is cancelled, or when its resource fails, is lost.</remarks>
    public async Task<ApplyReport> ApplyAsync(Catalog catalog, IMachine machine, Action<ResourceResult>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(machine);
        var needs = catalog.Edges.ToLookup(edge => edge.To);
        var blocked = new Dictionary<ResourceId, ResourceId>();
        var done = new Dictionary<ResourceId, ResourceResult>();
        var results = new List<ResourceResult>(catalog.InOrder.Count);
        foreach (var resource in catalog.InOrder)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = Blocker(needs[resource.Id], blocked) is { } cause
                ? new ResourceResult(resource.Id, ResourceOutcome.Skipped, null, Refreshed: false, $"it depends on {cause}, which failed", TimeSpan.Zero)
                : await DealWithAsync(resource, machine, IsRefreshed(needs[resource.Id], done), cancellationToken);
            if (result.Outcome == ResourceOutcome.Failed) blocked[resource.Id] = resource.Id;
            if (result.Outcome == ResourceOutcome.Skipped) blocked[resource.Id] = Blocker(needs[resource.Id], blocked)!.Value;
            done.Add(resource.Id, result);
            results.Add(result);
            progress?.Invoke(result);
        }
        return new ApplyReport(machine.Name, results);
    }

    // The resource whose failure keeps another one from being dealt with.
    private static ResourceId? Blocker(IEnumerable<Edge> needs, Dictionary<ResourceId, ResourceId> blocked)
    {
        foreach (var edge in needs)
            if (blocked.TryGetValue(edge.From, out var cause)) return cause;
        return null;
    }

    private static bool IsRefreshed(IEnumerable<Edge> needs, Dictionary<ResourceId, ResourceResult> done) =>
        needs.Any(edge => edge.Refreshes && done[edge.From] is { Outcome: ResourceOutcome.Changed } or { Refreshed: true });

    private async Task<ResourceResult> DealWithAsync(Resource resource, IMachine machine, bool refresh, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        ResourceChange? change = null;
        string? error = null;
        var refreshed = false;
        try
        {
            var provider = providers.For(resource);
            change = await CompareAsync(provider, resource, machine, cancellationToken);
            if (change is not null)
            {
                await provider.ApplyAsync(resource, change, machine, cancellationToken);
                if (await CompareAsync(provider, resource, machine, cancellationToken) is { } left) error = "did not converge: " + Difference.Remaining(left);
            }
            if (refresh && error is null)
            {
                await provider.RefreshAsync(resource, machine, cancellationToken);
                refreshed = true;
            }
        }
        catch (Exception failure) when (!Failure.IsCancellation(failure, cancellationToken))
        {
            error = Failure.Text(resource, failure);
        }
        var outcome = error is not null ? ResourceOutcome.Failed : change is not null ? ResourceOutcome.Changed : ResourceOutcome.Unchanged;
        return new ResourceResult(resource.Id, outcome, change, refreshed, error, time.GetElapsedTime(start));
    }

    private static async Task<ResourceChange?> CompareAsync(IResourceProvider provider, Resource resource, IMachine machine, CancellationToken cancellationToken) =>
        (await Reading.CompareAsync(provider, [resource], machine, cancellationToken))[0];
}
