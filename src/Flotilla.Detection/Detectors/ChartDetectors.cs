namespace Flotilla.Detection;

internal static class ChartDetectors
{
    public static IReadOnlyList<DetectorDefinition> All { get; } = [];
}
