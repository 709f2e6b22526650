namespace Flotilla.Detection;

public static partial class Detectors
{
    /// <summary>
    /// Anomalous when the newest value and the newest pattern together lie far from everything of the recent past:
    /// d/σ/<paramref name="valueLimit"/> + D/<paramref name="patternLimit"/> &gt; 1, where d is the distance of the value to the
    /// nearest past value in standard deviations over the mean of such distances (at most 5), and D that of the last
    /// <paramref name="length"/> points, as <paramref name="segments"/> means, to the nearest past pattern as a multiple of
    /// the mean of such distances. It needs no knowledge of unit, step or season: a season is past that comes again.
    /// </summary>
    /// <remarks>
    /// Nearest-neighbour distance as a measure of novelty: Ramaswamy, Rastogi, Shim, "Efficient algorithms for mining outliers from
    /// large data sets", SIGMOD 2000; Burnaev and Ishimtsev, "Conformalized density- and distance-based anomaly detection in
    /// time-series data", arXiv 1608.04585, 2016. Patterns as means of segments: Keogh et al., "Dimensionality reduction for
    /// fast similarity search", KAIS 3, 2001. A point costs O(history·segments), a few microseconds; the state is
    /// 8·history·(segments + 1) bytes. The first point judged is the 131st for values, and <paramref name="length"/> later for patterns.
    /// </remarks>
    /// <param name="valueLimit">Standard deviations at which a value alone is anomalous; at most 5, more is never reached.</param>
    /// <param name="patternLimit">Multiple of the mean distance at which a pattern alone is anomalous; over 0.</param>
    /// <param name="length">Points that a pattern reaches back; at least <paramref name="segments"/>.</param>
    /// <param name="segments">Means that a pattern is made of.</param>
    /// <param name="history">Points that the newest is compared with; over <paramref name="gap"/>.</param>
    /// <param name="gap">The newest points that are not yet past, for an anomaly must not explain itself.</param>
    /// <param name="silence">After an anomaly so many points are not anomalous; their scores remain.</param>
    /// <param name="persistence">After so many points a score has faded to 1/e; 0 for at once.</param>
    public static DetectorDefinition Novelty(
        double valueLimit = 4, double patternLimit = 5.5, int length = 64, int segments = 8,
        int history = 3000, int gap = 50, int silence = 72, double persistence = 0) =>
        NoveltyOf("novelty", valueLimit, patternLimit, length, segments, history, gap, silence, persistence, new DetectorFacts(
            "Values and patterns unlike anything of the recent past; the one to start with.",
            "Nearest-neighbour novelty: Ramaswamy et al., SIGMOD 2000; Burnaev and Ishimtsev, arXiv 1608.04585, 2016",
            "O(history·segments), a few microseconds", "8·history·(segments + 1) bytes", FirstJudged: 131));

    /// <summary>
    /// <see cref="Novelty"/> whose scores fade slowly, for ranking: what happened lasts, so that the stretch after an onset ranks
    /// high as a whole, as measures such as VUS-PR and people who look for the worst hour want it.
    /// </summary>
    /// <param name="persistence">After so many points a score has faded to 1/e; over 0.</param>
    public static DetectorDefinition NoveltyRanking(double persistence = 150) =>
        NoveltyOf("novelty_ranking", 4, 5.5, 64, 8, 3000, 50, 72, persistence, new DetectorFacts(
            "The novelty detector with scores that fade slowly: made for ranking stretches rather than for alerts.",
            "As novelty; the score is the largest of the past, faded exponentially",
            "O(history·segments), a few microseconds", "8·history·(segments + 1) bytes", FirstJudged: 131));

    private static DetectorDefinition NoveltyOf(
        string name, double valueLimit, double patternLimit, int length, int segments, int history, int gap, int silence, double persistence, DetectorFacts facts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, segments);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(history, gap);
        return new DetectorDefinition(name,
            [
                new("value_limit", valueLimit, [3, 3.5, 4, 4.5, 5], Max: 5),
                new("pattern_limit", patternLimit, [4, 5, 5.5, 6, 7]),
                new("length", length, [48, 64, 96], Min: 1, Max: 10_000, Whole: true),
                new("segments", segments, [], Min: 1, Max: 100, Whole: true),
                new("history", history, [], Min: 100, Max: 1_000_000, Whole: true),
                new("gap", gap, [], Min: 0, Max: 100_000, Whole: true),
                new("silence", silence, [], Min: 0, Max: 1_000_000, Whole: true),
                new("persistence", persistence, [], Min: 0),
            ],
            values => new NoveltyDetector(new NoveltySettings(
                values["value_limit"], values["pattern_limit"], Math.Max((int)values["length"], (int)values["segments"]), (int)values["segments"],
                Math.Max((int)values["history"], (int)values["gap"] + 50), (int)values["gap"], (int)values["silence"], values["persistence"])))
        { Facts = facts };
    }
}

internal static class NoveltyDetectors
{
    public static IReadOnlyList<DetectorDefinition> All { get; } = [Detectors.Novelty(), Detectors.NoveltyRanking()];
}
