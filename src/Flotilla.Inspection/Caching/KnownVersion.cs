using Flotilla.Core;

namespace Flotilla.Inspection.Caching;

/// <summary>A tool's version, and the marks of the machine under which it was found; null when it is not there.</summary>
internal sealed record KnownVersion(string Marks, string? Version);

/// <summary>What a tool says of itself now.</summary>
/// <param name="Version">Its version; null when it is not there.</param>
/// <param name="Marks">All that tells one installation of it from another.</param>
internal sealed record FoundVersion(string? Version, string Marks)
{
    /// <summary>Why it is not known whether the tool is there; null when it is.</summary>
    public Problem? GivenUp { get; init; }
}
