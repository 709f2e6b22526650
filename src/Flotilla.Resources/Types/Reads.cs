namespace Flotilla.Resources;

/// <summary>Reads resources one after the other, for types that cost no more to ask for singly than in one go.</summary>
internal static class Reads
{
    public static Task<IReadOnlyList<ResourceState>> Each<T>(IReadOnlyList<T> resources, Func<T, ResourceState> read, CancellationToken cancellationToken)
    {
        var states = new ResourceState[resources.Count];
        for (var i = 0; i < states.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            states[i] = read(resources[i]);
        }
        return Task.FromResult<IReadOnlyList<ResourceState>>(states);
    }
}
