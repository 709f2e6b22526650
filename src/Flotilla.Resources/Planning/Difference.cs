namespace Flotilla.Resources;

/// <summary>Compares how a resource is with how it shall be.</summary>
internal static class Difference
{
    private const string Nowhere = "/dev/null";

    /// <summary>What has to change, or null.</summary>
    public static ResourceChange? Of(Resource resource, ResourceState actual, ResourceState desired)
    {
        if (!desired.Exists) return actual.Exists ? new ResourceChange(resource, ChangeAction.Delete, []) : null;
        List<PropertyChange>? changes = null;
        foreach (var wanted in desired.Properties)
        {
            var found = actual.Exists ? actual.Property(wanted.Name) : null;
            if (!IsSame(found, wanted)) (changes ??= []).Add(Change(resource, found, wanted, actual.Exists));
        }
        if (!actual.Exists) return new ResourceChange(resource, ChangeAction.Create, changes ?? []);
        return changes is null ? null : new ResourceChange(resource, ChangeAction.Update, changes);
    }

    /// <summary>For people: how a resource still is, and how it was wanted.</summary>
    public static string Remaining(ResourceChange change) => change.Action switch
    {
        ChangeAction.Create => "it is not there",
        ChangeAction.Delete => "it is still there",
        _ => string.Join("; ", change.Properties.Select(property =>
            property.IsSensitive || property.Diff is not null || property.After is null
                ? $"{property.Name} is not as declared"
                : $"{property.Name} is {property.Before ?? "not set"}, wanted {property.After}")),
    };

    private static bool IsSame(PropertyValue? found, PropertyValue wanted) =>
        found is not null && found.IsText == wanted.IsText && found.Value == wanted.Value;

    private static PropertyChange Change(Resource resource, PropertyValue? found, PropertyValue wanted, bool exists)
    {
        if (wanted.IsSensitive || found is { IsSensitive: true }) return new PropertyChange(wanted.Name, null, null, null, IsSensitive: true);
        if (wanted.IsText && found is null or { IsText: true })
        {
            var diff = UnifiedDiff.Between(found?.Value ?? "", wanted.Value, exists ? resource.Name : Nowhere, resource.Name);
            return new PropertyChange(wanted.Name, null, null, diff, IsSensitive: false);
        }
        return new PropertyChange(wanted.Name, found?.Value, wanted.IsText ? null : wanted.Value, null, IsSensitive: false);
    }
}
