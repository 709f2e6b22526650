namespace Flotilla.Detection;

internal static class CrucibleDetectors
{
    public static IReadOnlyList<DetectorDefinition> All { get; } = [];
}
