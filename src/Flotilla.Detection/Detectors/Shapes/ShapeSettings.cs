namespace Flotilla.Detection;

/// <summary>What the shape detectors share.</summary>
internal static class ShapeSettings
{
    public const string CalibratedBy =
        "The score is measured by its own past: anomalous is what passes the 99 % quantile of the last scores by margin times its distance from their median.";

    public static readonly DetectorSetting Margin = new("margin", 1, [0, 0.5, 1, 2], Min: 0, Max: 1000);

    public static readonly DetectorSetting History = new("history", 2000, [1000, 2000, 4000, 8000], Min: 200, Max: 100_000, Whole: true);

    /// <summary>The slow part of a series, for the ensemble.</summary>
    public static DetectorDefinition Level { get; } = new("level",
        [new("window", 60, [], Min: 1, Max: 10_000, Whole: true), History with { Value = 4000 }, Margin],
        settings => new ShapeDetector(new LevelScore((int)settings["window"], (int)settings["history"]), Calibration(settings, floor: 1.5)));

    public static ScoreHistory Calibration(IReadOnlyDictionary<string, double> settings, double floor) =>
        new((int)settings["history"], settings["margin"], floor);
}
