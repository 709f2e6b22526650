using Flotilla.Core;

namespace Flotilla;

/// <summary>An image that a fleet uses, in the version that <c>images.lock</c> beside its program pins.</summary>
/// <param name="Name">The lineage, such as <c>example.com/shop/1.0</c>.</param>
/// <param name="Commit">The version: 40 hexadecimal digits; null when it is not pinned, which building the fleet refuses.</param>
/// <param name="Declared">The place in the source.</param>
public sealed record FleetImage(string Name, string? Commit, SourceLocation Declared)
{
    /// <summary>The version as commands take it: <c>NAME@COMMIT</c>.</summary>
    public string Reference => $"{Name}@{Commit}";
}
