namespace Flotilla.Resources;

/// <summary>What happens to a resource.</summary>
public enum ChangeAction
{
    /// <summary>It is not there and shall be.</summary>
    Create,

    /// <summary>It is there and differs.</summary>
    Update,

    /// <summary>It is there and shall not be.</summary>
    Delete,
}

/// <summary>One property that differs.</summary>
/// <param name="Name">As <c>mode</c>.</param>
/// <param name="Before">The value on the host; null when there is none, when <paramref name="Diff"/> shows it, or when it is sensitive.</param>
/// <param name="After">The declared value; null when <paramref name="Diff"/> shows it, or when it is sensitive.</param>
/// <param name="Diff">A unified diff of a text.</param>
/// <param name="IsSensitive">The values are not shown.</param>
public sealed record PropertyChange(string Name, string? Before, string? After, string? Diff, bool IsSensitive);

/// <summary>The difference between a resource and the host.</summary>
/// <param name="Resource">As declared.</param>
/// <param name="Action">What happens to it.</param>
/// <param name="Properties">The properties that differ; none for <see cref="ChangeAction.Delete"/>.</param>
public sealed record ResourceChange(Resource Resource, ChangeAction Action, IReadOnlyList<PropertyChange> Properties)
{
    /// <summary>True when the property of this name differs.</summary>
    public bool Changes(string property) => Properties.Any(change => change.Name == property);
}
