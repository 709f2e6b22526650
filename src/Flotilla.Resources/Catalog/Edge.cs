namespace Flotilla.Resources;

/// <summary>Where an order between two resources comes from.</summary>
public enum EdgeKind
{
    /// <summary>The user said it.</summary>
    Explicit,

    /// <summary>It follows from what the resources are (<see cref="Resource.AutomaticRequires"/>).</summary>
    Automatic,
}

/// <summary>One resource comes before another.</summary>
/// <param name="From">The one that comes first.</param>
/// <param name="To">The one that comes later, and is skipped when the first fails.</param>
/// <param name="Kind">Where it comes from; what the user said wins over what follows.</param>
/// <param name="Refreshes">When the first changes, the later one is refreshed.</param>
public readonly record struct Edge(ResourceId From, ResourceId To, EdgeKind Kind, bool Refreshes);
