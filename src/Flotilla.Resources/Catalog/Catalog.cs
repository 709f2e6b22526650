using Flotilla.Core;

namespace Flotilla.Resources;

/// <summary>All resources of a host, checked, with the order in which they are dealt with. Immutable.</summary>
public sealed class Catalog
{
    private readonly Dictionary<ResourceId, Resource> _byId;

    private Catalog(ResourceGraph graph)
    {
        InOrder = graph.Order() ?? throw new InvariantException("a checked catalog has a cycle");
        Edges = graph.Edges;
        _byId = InOrder.ToDictionary(resource => resource.Id);
    }

    /// <summary>
    /// The resources, each after all that it depends on; where that leaves a choice, in the order of declaration.
    /// </summary>
    public IReadOnlyList<Resource> InOrder { get; }

    /// <summary>Which resource comes before which, and why: those that were declared, then those that follow, each pair once.</summary>
    public IReadOnlyList<Edge> Edges { get; }

    /// <summary>The resource of this type and name, or null.</summary>
    public Resource? Find(ResourceId id) => _byId.GetValueOrDefault(id);

    /// <summary>Makes a catalog of resources in the order of their declaration.</summary>
    /// <exception cref="ProblemException">Something was said wrong; all problems are in it.</exception>
    public static Catalog Build(IEnumerable<Resource> resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        IReadOnlyList<Resource> declared = [.. resources];
        var problems = CatalogCheck.Run(declared, out var graph);
        return problems.Count == 0 ? new Catalog(graph!) : throw new ProblemException(problems);
    }

    /// <summary>
    /// Everything that is wrong with these resources together: what each says of itself, two of one name, relations to
    /// resources that do not exist, and cycles. None when <see cref="Build"/> succeeds.
    /// </summary>
    public static IReadOnlyList<Problem> Check(IEnumerable<Resource> resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        return CatalogCheck.Run([.. resources], out _);
    }
}
