namespace Flotilla.Detection;

/// <summary>The nine algorithms as Crucible replays a file: from its beginning on, nothing is forgotten.</summary>
internal static class CrucibleDetectors
{
    public static IReadOnlyList<DetectorDefinition> All { get; } =
    [
        Detectors.FirstHourAverage(windowHours: double.PositiveInfinity),
        Detectors.MeanSubtractionCumulation(windowHours: double.PositiveInfinity),
        Detectors.StdDevFromAverage(windowHours: double.PositiveInfinity),
        Detectors.StdDevFromMovingAverage(windowHours: double.PositiveInfinity),
        Detectors.LeastSquares(windowHours: double.PositiveInfinity),
        Detectors.Grubbs(windowHours: double.PositiveInfinity),
        Detectors.HistogramBins(windowHours: double.PositiveInfinity),
        Detectors.MedianAbsoluteDeviation(windowHours: double.PositiveInfinity),
        Detectors.KsTest(),
    ];
}
