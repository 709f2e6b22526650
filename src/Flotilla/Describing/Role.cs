using Flotilla.Core;
using Flotilla.Core.Machines.Simulated;
using Flotilla.Resources;

namespace Flotilla;

/// <summary>
/// A role while it is described. Its <c>Add</c> methods are the doors through which everything enters, what Flotilla
/// itself ships included: extension methods such as <c>File</c>, <c>App</c>, <c>Watch</c> and <c>On</c> are built on them.
/// </summary>
public sealed class Role
{
    private readonly List<Resource> _resources = [];
    private readonly List<IResourceProvider> _providers = [];
    private readonly List<AppDeclaration> _apps = [];
    private readonly List<WatchDescription> _watches = [];
    private readonly List<HandlerDescription> _handlers = [];
    private readonly List<Action<MemoryMachine>> _simulated = [];
    private readonly List<Problem> _problems = [];
    private readonly SourceLocation _declared;

    internal Role(string name, SourceLocation declared)
    {
        Name = name;
        _declared = declared;
    }

    /// <summary>The tag that hosts bear.</summary>
    public string Name { get; }

    /// <summary>Adds a resource and returns it, for relations to it.</summary>
    public T Add<T>(T resource) where T : Resource
    {
        _resources.Add(resource);
        return resource;
    }

    /// <summary>Adds a resource of a type that Flotilla does not bring, with the provider of its type.</summary>
    public T Add<T>(T resource, IResourceProvider provider) where T : Resource
    {
        if (!_providers.Contains(provider)) _providers.Add(provider);
        return Add(resource);
    }

    /// <summary>The first is dealt with before the second; the second is left alone when the first fails.</summary>
    public Role Before(Resource first, Resource second) => Relate(first, resource => resource with { Before = [.. resource.Before, Id(second)] });

    /// <summary>As <see cref="Before"/>; and when the first changes, the second is refreshed.</summary>
    public Role Notify(Resource first, Resource second) => Relate(first, resource => resource with { Notify = [.. resource.Notify, Id(second)] });

    /// <summary>Adds an app.</summary>
    public Role Add(AppDeclaration app)
    {
        _apps.Add(app);
        return this;
    }

    /// <summary>Adds a watch.</summary>
    public Role Add(WatchDescription watch)
    {
        _watches.Add(watch);
        return this;
    }

    /// <summary>Adds a handler.</summary>
    public Role Add(HandlerDescription handler)
    {
        _handlers.Add(handler);
        return this;
    }

    /// <summary>
    /// Says what a simulated host of the role has before anything starts: programs that answer, files that are there. Means nothing
    /// outside simulation. A library whose handlers run a program brings the program's simulated twin with it.
    /// </summary>
    public Role Simulate(Action<MemoryMachine> prepare)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        _simulated.Add(prepare);
        return this;
    }

    private Role Relate(Resource resource, Func<Resource, Resource> relate)
    {
        var index = _resources.FindIndex(known => known.Id == Id(resource));
        if (index < 0) throw new ArgumentException($"Role \"{Name}\" does not declare {resource.Id}. Declare it before it is related to others.", nameof(resource));
        _resources[index] = relate(_resources[index]);
        return this;
    }

    private static ResourceId Id(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return resource.Id;
    }

    /// <summary>What was said wrong is told when the fleet is built, together with everything else.</summary>
    internal Role Refuse(Problem problem)
    {
        _problems.Add(problem);
        return this;
    }

    internal RoleDescription Describe(IEnumerable<HandlerDescription> more) =>
        new(Name, [.. _resources], [.. _providers], [.. _apps], [.. _watches], [.. _handlers, .. more], _declared) { Simulated = [.. _simulated], Problems = [.. _problems] };
}
