using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>What the detectors said about the series. Its JSON form is in snake case; see docs/detection.md.</summary>
/// <param name="Series">In the order of their paths.</param>
/// <param name="Seconds">Wall-clock time of the whole run.</param>
/// <param name="Complete">False when the run was interrupted: what is missing is missing as a whole, what is there is right.</param>
/// <param name="Corpus">
/// Scores over all series, one for each detector; null without labels, and where not all series were scored: in an interrupted
/// run and in a shard.
/// </param>
/// <param name="Problems">What went wrong with single series or labels while the rest went on; null for nothing.</param>
/// <param name="Shard">Which part of a run this is; null for the whole.</param>
public sealed record BenchResult(
    IReadOnlyList<SeriesResult> Series, double Seconds, bool Complete = true,
    IReadOnlyList<CorpusResult>? Corpus = null, IReadOnlyList<string>? Problems = null, ShardResult? Shard = null);

/// <summary>What the detectors said about one series.</summary>
/// <param name="Name">The file's name without its ending.</param>
/// <param name="Path">The file's path below the searched folder.</param>
/// <param name="Points">How many rows it has, missing values included.</param>
/// <param name="Missing">How many of them have no value.</param>
/// <param name="Detectors">In the order asked for.</param>
/// <param name="Labels">Its labelled anomalies; null without labels.</param>
public sealed record SeriesResult(
    string Name, string Path, int Points, int Missing, IReadOnlyList<DetectorResult> Detectors, IReadOnlyList<LabelWindow>? Labels = null);

/// <summary>What one detector said about one series.</summary>
/// <param name="Name">The detector's.</param>
/// <param name="Anomalies">The positions judged anomalous, counted from 0, ascending.</param>
/// <param name="Seconds">
/// CPU time of its thread, with the reading of a file that is too large for memory; of a detector that never returned, the time
/// until it was given up.
/// </param>
/// <param name="Scores"><see cref="Verdict.Score"/> of each row, null at a missing value; null as a whole unless asked for.</param>
/// <param name="Score">Against the labels; null without labels. A detector that was given up counts as silent from there on.</param>
/// <param name="Error">Why it was given up, and at which point; the anomalies are those before it. Null when it went through.</param>
public sealed record DetectorResult(
    string Name, IReadOnlyList<int> Anomalies, double Seconds,
    IReadOnlyList<double?>? Scores = null, Score? Score = null, string? Error = null);

/// <summary>One detector's score over all series.</summary>
/// <param name="Name">The detector's.</param>
/// <param name="Score">See <see cref="Scoring.Score"/>.</param>
/// <param name="Fitted">True when a threshold was chosen on the very series that are scored here, so that the score flatters.</param>
public sealed record CorpusResult(string Name, Score Score, bool Fitted = false);

/// <summary>Which part of a run a result is, for <see cref="BenchMerge"/>.</summary>
/// <param name="Index">From 1.</param>
/// <param name="Count">How many parts there are.</param>
/// <param name="Detectors">The names of all detectors asked for, in that order, whether or not this part ran them.</param>
public sealed record ShardResult(int Index, int Count, IReadOnlyList<string> Detectors);
