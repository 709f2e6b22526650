namespace Flotilla.Resources;

/// <summary>Relations between resources, as sentences: each gives a copy of the first resource with the relation added.</summary>
public static class ResourceRelations
{
    /// <summary>The others are dealt with before this one, and this one is skipped when one of them fails.</summary>
    public static T Requires<T>(this T resource, params IEnumerable<Resource> others) where T : Resource =>
        (T)((Resource)resource with { Require = [.. resource.Require, .. Ids(others)] });

    /// <summary>This one is dealt with before the others, which are skipped when it fails.</summary>
    public static T Before<T>(this T resource, params IEnumerable<Resource> others) where T : Resource =>
        (T)((Resource)resource with { Before = [.. resource.Before, .. Ids(others)] });

    /// <summary>The others come after this one and are refreshed when it changes.</summary>
    public static T Notifies<T>(this T resource, params IEnumerable<Resource> others) where T : Resource =>
        (T)((Resource)resource with { Notify = [.. resource.Notify, .. Ids(others)] });

    /// <summary>This one comes after the others and is refreshed when one of them changes.</summary>
    public static T SubscribesTo<T>(this T resource, params IEnumerable<Resource> others) where T : Resource =>
        (T)((Resource)resource with { Subscribe = [.. resource.Subscribe, .. Ids(others)] });

    private static IEnumerable<ResourceId> Ids(IEnumerable<Resource> resources) => resources.Select(resource => resource.Id);
}
