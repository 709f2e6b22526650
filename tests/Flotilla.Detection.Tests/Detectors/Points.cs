using System.Text.Json;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

internal static class Points
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Point At(int second, double value) => new(Start.AddSeconds(second), value);

    public static Verdict[] Run(DetectorDefinition definition, IEnumerable<double> values) =>
        Run(definition, values.Select((value, i) => At(10 * i, value)));

    public static Verdict[] Run(DetectorDefinition definition, IEnumerable<Point> points) => points.Select(definition.Create().Observe).ToArray();

    /// <summary>One of Crucible's series, ts1 to ts9; null where the data is not beside this checkout.</summary>
    public static Point[]? Recorded(string series)
    {
        if (Repository.SharedData("crucible", "series", series + ".json") is not { } file) return null;
        using var points = JsonDocument.Parse(File.ReadAllText(file));
        return points.RootElement.EnumerateArray()
            .Select(pair => new Point(DateTimeOffset.UnixEpoch.AddSeconds(pair[0].GetDouble()), pair[1].GetDouble()))
            .ToArray();
    }
}
