using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>What a sweep chose, and what that is worth on series that had no part in the choice.</summary>
/// <param name="Objective">What was made as large as could be.</param>
/// <param name="Chosen">The settings, frozen.</param>
/// <param name="Before">The detector as it was given.</param>
/// <param name="After">The detector with the chosen settings.</param>
/// <param name="DevelopmentSeries">The paths of the series that the choice was made on.</param>
/// <param name="TestSeries">The paths of the others; empty when none were kept.</param>
/// <param name="Trials">Every combination of settings that was tried, in that order.</param>
public sealed record SweepResult(
    SweepObjective Objective, DetectorSettings Chosen, SweepScores Before, SweepScores After,
    IReadOnlyList<string> DevelopmentSeries, IReadOnlyList<string> TestSeries, IReadOnlyList<SweepTrial> Trials);

/// <summary>One detector on both parts of the series.</summary>
/// <param name="Development">On the series of the choice; it flatters chosen settings.</param>
/// <param name="Test">On the others; null without any.</param>
public sealed record SweepScores(Score Development, Score? Test);

/// <summary>One combination of settings with the threshold and silence that are best with it.</summary>
/// <param name="Settings">Each setting with its value.</param>
/// <param name="Threshold">A point is anomalous when its score is over it.</param>
/// <param name="Silence">For how many judged points after an alert there is no other.</param>
/// <param name="Objective">On the development part; null when the detector failed.</param>
/// <param name="Error">Why and where the detector failed; null when it did not.</param>
public sealed record SweepTrial(
    IReadOnlyDictionary<string, double> Settings, double Threshold, int Silence, double? Objective, string? Error = null);

/// <summary>How far a sweep is.</summary>
/// <param name="Detector">The detector that is swept.</param>
/// <param name="Trials">How many combinations of settings have been tried.</param>
/// <param name="Best">The best objective so far; null before the first.</param>
public sealed record SweepProgress(string Detector, int Trials, double? Best);
