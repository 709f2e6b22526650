namespace Flotilla.Detection.Bench;

/// <summary>How far a run is.</summary>
/// <param name="Done">Pairs of a series and a detector that are done.</param>
/// <param name="Total">Pairs in all.</param>
/// <param name="Share">The share of the work that is done, by the sizes of the files: 0 to 1, never falling.</param>
public sealed record BenchProgress(int Done, int Total, double Share);
