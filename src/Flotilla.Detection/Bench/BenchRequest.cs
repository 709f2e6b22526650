using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>Which series go through which detectors, and how.</summary>
/// <param name="Files">The series; see <see cref="SeriesFolder"/>.</param>
/// <param name="Detectors">The detectors, each name once.</param>
public sealed record BenchRequest(IReadOnlyList<SeriesFile> Files, IReadOnlyList<DetectorDefinition> Detectors)
{
    /// <summary>How the files are read.</summary>
    public SeriesOptions Reading { get; init; } = new();

    /// <summary>What to score against; null for no scores.</summary>
    public Labels? Labels { get; init; }

    /// <summary>Whether the result holds every <see cref="Verdict.Score"/>: eight bytes a point and detector in memory, more in JSON.</summary>
    public bool KeepScores { get; init; }

    /// <summary>How many threads replay; all cores unless given. The result does not depend on it.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>How long a detector may take for one point before it is given up on that series; 10 seconds unless given.</summary>
    public TimeSpan PointTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The part of the pairs of series and detector that this run does; all unless given.</summary>
    public Shard? Shard { get; init; }

    /// <summary>
    /// Files larger than this many bytes are not held in memory: they are read once to be checked and again for each detector,
    /// and are neither scored nor do their scores come into the result. 256 MiB unless given.
    /// </summary>
    public long StreamOver { get; init; } = 256L << 20;
}
