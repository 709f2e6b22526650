namespace Flotilla.Detection;

internal static class ShapeDetectors
{
    public static IReadOnlyList<DetectorDefinition> All { get; } =
    [
        Detectors.RobustRandomCutForest(),
        Detectors.MatrixProfile(),
        Detectors.SubPca(),
        Detectors.SpectralResidual(),
        Detectors.RelativeEntropy(),
        Detectors.Ensemble(),
    ];
}
