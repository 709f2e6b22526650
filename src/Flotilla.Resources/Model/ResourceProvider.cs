using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>A provider of one class of resources.</summary>
/// <typeparam name="T">The class.</typeparam>
/// <param name="type">The type that resources of this class have.</param>
public abstract class ResourceProvider<T>(string type) : IResourceProvider
    where T : Resource
{
    /// <inheritdoc/>
    public string Type { get; } = type;

    /// <inheritdoc cref="IResourceProvider.ReadAsync"/>
    protected abstract Task<IReadOnlyList<ResourceState>> ReadAsync(IReadOnlyList<T> resources, IMachine machine, CancellationToken cancellationToken);

    /// <inheritdoc cref="IResourceProvider.Desired"/>
    protected abstract ResourceState Desired(T resource);

    /// <inheritdoc cref="IResourceProvider.ApplyAsync"/>
    protected abstract Task ApplyAsync(T resource, ResourceChange change, IMachine machine, CancellationToken cancellationToken);

    /// <inheritdoc cref="IResourceProvider.RefreshAsync"/>
    protected virtual Task RefreshAsync(T resource, IMachine machine, CancellationToken cancellationToken) => Task.CompletedTask;

    Task<IReadOnlyList<ResourceState>> IResourceProvider.ReadAsync(IReadOnlyList<Resource> resources, IMachine machine, CancellationToken cancellationToken) =>
        ReadAsync([.. resources.Select(Typed)], machine, cancellationToken);

    ResourceState IResourceProvider.Desired(Resource resource) => Desired(Typed(resource));

    Task IResourceProvider.ApplyAsync(Resource resource, ResourceChange change, IMachine machine, CancellationToken cancellationToken) =>
        ApplyAsync(Typed(resource), change, machine, cancellationToken);

    Task IResourceProvider.RefreshAsync(Resource resource, IMachine machine, CancellationToken cancellationToken) =>
        RefreshAsync(Typed(resource), machine, cancellationToken);

    private static T Typed(Resource resource) =>
        resource as T ?? throw new ArgumentException($"{resource} is a {resource.GetType().Name}; its provider takes {typeof(T).Name}.", nameof(resource));
}
