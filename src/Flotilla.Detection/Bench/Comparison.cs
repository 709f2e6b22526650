namespace Flotilla.Detection.Bench;

/// <summary>What changed from one result to another. Its JSON form is in snake case, with what is null left out.</summary>
/// <param name="Detectors">Every detector that is in both, in the order of the second.</param>
/// <param name="Changes">Every series and detector whose verdicts or error changed, in the order of the paths.</param>
/// <param name="NewSeries">Paths that only the second has.</param>
/// <param name="GoneSeries">Paths that only the first has.</param>
/// <param name="ChangedSeries">Paths whose number of points differs: other data, so their verdicts are not compared.</param>
/// <param name="NewDetectors">Detectors that only the second has.</param>
/// <param name="GoneDetectors">Detectors that only the first has.</param>
/// <param name="Regressions">What got worse, a sentence each; empty when nothing did.</param>
public sealed record Comparison(
    IReadOnlyList<DetectorComparison> Detectors, IReadOnlyList<VerdictChange> Changes,
    IReadOnlyList<string> NewSeries, IReadOnlyList<string> GoneSeries, IReadOnlyList<string> ChangedSeries,
    IReadOnlyList<string> NewDetectors, IReadOnlyList<string> GoneDetectors, IReadOnlyList<string> Regressions);

/// <summary>One detector over the series that both results have.</summary>
/// <param name="Name">The detector's.</param>
/// <param name="Before">In the first result.</param>
/// <param name="After">In the second.</param>
/// <param name="Gained">Positions judged anomalous only by the second.</param>
/// <param name="Lost">Positions judged anomalous only by the first.</param>
public sealed record DetectorComparison(string Name, DetectorTotals Before, DetectorTotals After, int Gained, int Lost);

/// <summary>Sums over series; the scores are null without labels.</summary>
/// <param name="Anomalies">Positions judged anomalous.</param>
/// <param name="Errors">Series on which it was given up.</param>
/// <param name="Nab">NAB score, profile standard.</param>
/// <param name="VusPr">Mean over the series with a labelled anomaly.</param>
/// <param name="Found">Labelled anomalies found.</param>
/// <param name="Missed">Labelled anomalies missed.</param>
/// <param name="False">False alerts.</param>
public sealed record DetectorTotals(
    int Anomalies, int Errors, double? Nab = null, double? VusPr = null, int? Found = null, int? Missed = null, int? False = null);

/// <summary>What changed for one detector on one series.</summary>
/// <param name="Series">The series' path.</param>
/// <param name="Detector">The detector's name.</param>
/// <param name="Gained">Positions judged anomalous only by the second result.</param>
/// <param name="Lost">Positions judged anomalous only by the first.</param>
/// <param name="Error">Why the second gave the detector up, when the first did not.</param>
public sealed record VerdictChange(string Series, string Detector, IReadOnlyList<int> Gained, IReadOnlyList<int> Lost, string? Error = null);
