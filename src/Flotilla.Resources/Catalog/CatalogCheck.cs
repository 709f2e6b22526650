using Flotilla.Core;

namespace Flotilla.Resources;

/// <summary>Finds all that is wrong with a list of resources.</summary>
internal static class CatalogCheck
{
    /// <param name="resources">In order of declaration.</param>
    /// <param name="graph">Their graph; null when there are problems.</param>
    public static IReadOnlyList<Problem> Run(IReadOnlyList<Resource> resources, out ResourceGraph? graph)
    {
        var problems = new List<Problem>();
        var index = new Dictionary<ResourceId, int>();
        var unique = new List<Resource>();
        var sound = new HashSet<ResourceId>();
        foreach (var resource in resources)
        {
            var before = problems.Count;
            problems.AddRange(resource.Validate());
            if (problems.Count == before) sound.Add(resource.Id);
            if (index.TryAdd(resource.Id, unique.Count)) unique.Add(resource);
            else problems.Add(Duplicate(resource, unique[index[resource.Id]]));
        }
        // What follows from a resource that is wrong in itself would only repeat it.
        problems.AddRange(SharedPlaces(unique.Where(resource => sound.Contains(resource.Id))));
        problems.AddRange(UnknownTargets(unique, index));
        problems.AddRange(AbsentNeeds(unique, index).Where(found => sound.Contains(found.Resource) && sound.Contains(found.Needed)).Select(found => found.Problem));
        var candidate = new ResourceGraph(unique, index);
        if (candidate.Order() is null) problems.AddRange(candidate.Cycles().Select(Cycle));
        graph = problems.Count == 0 ? candidate : null;
        return problems;
    }

    private static Problem Duplicate(Resource resource, Resource first) => new(
        $"{resource.Id.Title} is declared twice{Elsewhere(first)}.", resource.Declared, Fix: "Merge the two, or take one away.");

    private static IEnumerable<Problem> SharedPlaces(IEnumerable<Resource> resources)
    {
        var places = new Dictionary<string, Resource>(StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            if (resource.Occupies is not { } place || places.TryAdd(place, resource)) continue;
            yield return new Problem($"{resource.Id.Title} and {places[place].Id}{In(places[place])} both manage {place}.", resource.Declared, Fix: "Take one of them away.");
        }
    }

    private static IEnumerable<Problem> UnknownTargets(List<Resource> resources, Dictionary<ResourceId, int> index)
    {
        foreach (var resource in resources)
        {
            foreach (var (verb, targets) in ((string, IReadOnlyList<ResourceId>)[])
                [("comes before", resource.Before), ("requires", resource.Require), ("notifies", resource.Notify), ("subscribes to", resource.Subscribe)])
            {
                foreach (var target in targets.Where(target => !index.ContainsKey(target)))
                {
                    var near = Suggestion.For(target.Name, resources.Where(known => known.Type == target.Type && known.Id != resource.Id).Select(known => known.Name));
                    yield return new Problem($"{resource.Id.Title} {verb} {target}, which is not declared.", resource.Declared,
                        Fix: near is null ? "Declare it, or take the relation away." : $"Did you mean \"{near}\"?");
                }
            }
        }
    }

    private static IEnumerable<(ResourceId Resource, ResourceId Needed, Problem Problem)> AbsentNeeds(List<Resource> resources, Dictionary<ResourceId, int> index) =>
        from resource in resources
        where !resource.IsAbsent
        from id in resource.AutomaticRequires
        where index.ContainsKey(id) && resources[index[id]].IsAbsent
        let needed = resources[index[id]]
        select (resource.Id, id, new Problem($"{resource.Id.Title} cannot be without {needed.Id}, which is declared absent{In(needed)}.", resource.Declared,
            Fix: "Declare both absent, or neither."));

    private static Problem Cycle(IReadOnlyList<Resource> cycle) => new(
        $"These resources wait for each other: {string.Join(" → ", cycle.Select(resource => resource.Id + In(resource)))}.",
        cycle[0].Declared, Fix: "Take away one of the relations.");

    private static string In(Resource resource) => resource.Declared is { } place ? $" ({place})" : "";

    private static string Elsewhere(Resource resource) => resource.Declared is { } place ? $", first in {place}" : "";
}
