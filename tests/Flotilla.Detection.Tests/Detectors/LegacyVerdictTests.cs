using System.Text.Json;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

public sealed class LegacyVerdictTests
{
    [Theory]
    [MemberData(nameof(Cases))]
    public void Verdicts_equal_those_of_the_slice_by_slice_reference(string series, string detector)
    {
        if (Repository.SharedData("crucible", "verdicts.json") is not { } verdictsFile)
        {
            Assert.Skip("The reference verdicts (crucible/verdicts.json) are not beside this checkout.");
            return;
        }
        using var verdicts = JsonDocument.Parse(File.ReadAllText(verdictsFile));
        using var points = JsonDocument.Parse(File.ReadAllText(Repository.SharedData("crucible", "series", series + ".json")!));
        var definition = Definitions.Single(definition => definition.Name == detector);
        var instance = definition.Create();
        var judged = points.RootElement.EnumerateArray()
            .Select(pair => new Point(DateTimeOffset.UnixEpoch.AddSeconds(pair[0].GetDouble()), pair[1].GetDouble()))
            .Select(instance.Observe)
            .ToArray();

        var reference = verdicts.RootElement.GetProperty("series").GetProperty(series);
        reference.GetProperty("points").GetInt32().ShouldBe(judged.Length);
        var expected = reference.GetProperty("algorithms").GetProperty(detector).GetProperty("anomalous").EnumerateArray().Select(i => i.GetInt32());
        Enumerable.Range(9, judged.Length - 10).Where(i => judged[i].IsAnomaly).ShouldBe(expected);
        judged.Take(9).ShouldAllBe(verdict => verdict == default);
    }

    // ts1 has 8,665 points, a few more than the window that is usual.
    private static readonly DetectorDefinition[] Definitions =
        [Detectors.StdDevFromMovingAverage(), Detectors.MedianAbsoluteDeviation(window: 10_000)];

    public static IEnumerable<TheoryDataRow<string, string>> Cases() =>
        from series in Enumerable.Range(1, 9)
        from definition in Definitions
        select new TheoryDataRow<string, string>($"ts{series}", definition.Name);
}
