namespace Flotilla.Detection;

internal static class ChartDetectors
{
    public static IReadOnlyList<DetectorDefinition> All { get; } =
    [
        Detectors.EwmaChart(), Detectors.RobustZ(), Detectors.HoltWinters(), Detectors.SeasonalEsd(), Detectors.Spot(), Detectors.Dspot(),
        Detectors.PageHinkley(), Detectors.Cusum(),
    ];
}
