using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Reads resources of one type and makes them what they shall be.</summary>
/// <remarks>
/// Reading is by type: one call gets all that is asked, so that one query of the system can answer it. Acting gets the
/// whole difference of a resource at once. What differs is found out, and after acting proved gone, by the caller.
/// A <see cref="Core.ProblemException"/> says what the user can do about a failure.
/// </remarks>
public interface IResourceProvider
{
    /// <summary>The type, as <c>file</c>.</summary>
    string Type { get; }

    /// <summary>How resources are on the machine, in the order asked for. Changes nothing.</summary>
    Task<IReadOnlyList<ResourceState>> ReadAsync(IReadOnlyList<Resource> resources, IMachine machine, CancellationToken cancellationToken);

    /// <summary>How a resource shall be; only managed properties are listed. Looks at nothing but the resource.</summary>
    ResourceState Desired(Resource resource);

    /// <summary>Makes the difference go away.</summary>
    Task ApplyAsync(Resource resource, ResourceChange change, IMachine machine, CancellationToken cancellationToken);

    /// <summary>Called once when a resource that this one subscribes to has changed; for example restarts a service.</summary>
    Task RefreshAsync(Resource resource, IMachine machine, CancellationToken cancellationToken) => Task.CompletedTask;
}
