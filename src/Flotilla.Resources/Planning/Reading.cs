using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Reads resources and compares them with what was declared.</summary>
internal static class Reading
{
    /// <summary>What differs in each of these resources of one type, or null.</summary>
    public static async Task<IReadOnlyList<ResourceChange?>> CompareAsync(
        IResourceProvider provider, IReadOnlyList<Resource> resources, IMachine machine, CancellationToken cancellationToken)
    {
        var states = await provider.ReadAsync(resources, machine, cancellationToken);
        if (states.Count != resources.Count)
            throw new InvalidOperationException($"the provider of type \"{provider.Type}\" was asked for {resources.Count} resources and answered with {states.Count}");
        return [.. resources.Select((resource, i) => Difference.Of(resource, states[i], provider.Desired(resource)))];
    }
}
