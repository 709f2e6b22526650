namespace Flotilla.Detection;

internal static class ShapeDetectors
{
    public static IReadOnlyList<DetectorDefinition> All { get; } = [];
}
