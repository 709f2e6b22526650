namespace Flotilla.Detection.Tests;

internal static class Points
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Point At(int second, double value) => new(Start.AddSeconds(second), value);

    public static Verdict[] Run(DetectorDefinition definition, IEnumerable<double> values)
    {
        var detector = definition.Create();
        return values.Select((value, i) => detector.Observe(At(10 * i, value))).ToArray();
    }
}
