namespace Flotilla.Inspection.Caching;

/// <summary>A tool's version, and the marks of the machine under which it was found; null when it is not there.</summary>
internal sealed record KnownVersion(string Marks, string? Version);
