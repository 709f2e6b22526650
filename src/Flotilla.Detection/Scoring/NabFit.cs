namespace Flotilla.Detection.Scoring;

/// <summary>What a detector said about each row of a series, and what was there.</summary>
/// <param name="Scores">One for each row; NaN where it said nothing, which never fires.</param>
/// <param name="Windows">The labelled anomalies, ascending and without overlap.</param>
public sealed record ScoredSeries(IReadOnlyList<double> Scores, IReadOnlyList<LabelWindow> Windows);

/// <summary>NAB scores with thresholds chosen on the very data they are scored on.</summary>
/// <param name="Scores">Each profile with its own threshold.</param>
/// <param name="Thresholds">In the order of <see cref="NabProfile.All"/>.</param>
public sealed record NabFit(NabScores Scores, IReadOnlyList<FittedThreshold> Thresholds);

/// <summary>The threshold that is best for a profile.</summary>
/// <param name="Profile">What it is best for.</param>
/// <param name="Threshold">A row fires when its score reaches it; null when it is best never to fire.</param>
/// <param name="Raw">The sum over the corpus, not normalised.</param>
/// <param name="TruePositives">Firing rows inside windows.</param>
/// <param name="FalsePositives">Firing rows outside.</param>
public sealed record FittedThreshold(NabProfile Profile, double? Threshold, double Raw, int TruePositives, int FalsePositives);
