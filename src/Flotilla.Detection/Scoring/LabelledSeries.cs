namespace Flotilla.Detection.Scoring;

/// <summary>A series with what is labelled in it.</summary>
/// <param name="Series">The series.</param>
/// <param name="Windows">Its labelled anomalies, ascending and without overlap; empty for none.</param>
public sealed record LabelledSeries(Series Series, IReadOnlyList<LabelWindow> Windows);
