using Flotilla.Core.Machines;

namespace Flotilla.Resources.Tests;

/// <summary>A resource of a third party: one value that a provider keeps in memory.</summary>
internal sealed record Thing(string Name) : Resource("thing", Name)
{
    public string Value { get; init; } = "on";
}

/// <summary>Its provider, which records what it is asked and fails as it is told.</summary>
internal sealed class ThingProvider() : ResourceProvider<Thing>("thing")
{
    public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    public List<string> Calls { get; } = [];

    public bool AnswersNothing { get; set; }

    public HashSet<string> Unreadable { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Unchangeable { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Stubborn { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Unrefreshable { get; } = new(StringComparer.Ordinal);

    protected override Task<IReadOnlyList<ResourceState>> ReadAsync(IReadOnlyList<Thing> resources, IMachine machine, CancellationToken cancellationToken)
    {
        Calls.Add("read " + string.Join(',', resources.Select(resource => resource.Name)));
        if (resources.FirstOrDefault(resource => Unreadable.Contains(resource.Name)) is { } unreadable) throw new IOException($"no answer for {unreadable.Name}");
        if (AnswersNothing) return Task.FromResult<IReadOnlyList<ResourceState>>([]);
        return Task.FromResult<IReadOnlyList<ResourceState>>(
            [.. resources.Select(resource => Values.TryGetValue(resource.Name, out var value) ? new ResourceState(true, [new PropertyValue("value", value)]) : ResourceState.Absent)]);
    }

    protected override ResourceState Desired(Thing resource) =>
        resource.IsAbsent ? ResourceState.Absent : new ResourceState(true, [new PropertyValue("value", resource.Value)]);

    protected override async Task ApplyAsync(Thing resource, ResourceChange change, IMachine machine, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Calls.Add($"{change.Action} {resource.Name}");
        if (Unchangeable.Contains(resource.Name)) throw new IOException("it is stuck");
        if (Stubborn.Contains(resource.Name)) return;
        if (resource.IsAbsent) Values.Remove(resource.Name);
        else Values[resource.Name] = resource.Value;
    }

    protected override Task RefreshAsync(Thing resource, IMachine machine, CancellationToken cancellationToken)
    {
        Calls.Add("refresh " + resource.Name);
        return Unrefreshable.Contains(resource.Name) ? throw new IOException("it does not come back") : Task.CompletedTask;
    }
}
