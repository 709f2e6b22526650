using System.Text.Json;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

public sealed class LegacyVerdictTests
{
    [Theory]
    [MemberData(nameof(Cases))]
    public void Verdicts_equal_those_of_the_slice_by_slice_reference(string series, string detector)
    {
        if (Points.Recorded(series) is not { } points)
        {
            Assert.Skip("The recorded series (crucible/series) are not beside this checkout.");
            return;
        }
        using var verdicts = JsonDocument.Parse(File.ReadAllText(Repository.SharedData("crucible", "verdicts.json")!));
        var judged = Points.Run(CrucibleDetectors.All.Single(definition => definition.Name == detector), points);

        var reference = verdicts.RootElement.GetProperty("series").GetProperty(series);
        reference.GetProperty("points").GetInt32().ShouldBe(judged.Length);
        var expected = reference.GetProperty("algorithms").GetProperty(detector).GetProperty("anomalous").EnumerateArray().Select(i => i.GetInt32());
        Enumerable.Range(9, judged.Length - 10).Where(i => judged[i].IsAnomaly).ShouldBe(expected);
        judged.Take(9).ShouldAllBe(verdict => verdict == default);
        judged.ShouldAllBe(verdict => double.IsFinite(verdict.Score) && verdict.Score >= 0 && verdict.Score > 1 == verdict.IsAnomaly);
    }

    [Theory]
    [InlineData("ts1", 16)]
    [InlineData("ts2", 69)]
    [InlineData("ts3", 29)]
    [InlineData("ts4", 2)]
    [InlineData("ts5", 6)]
    [InlineData("ts6", 0)]
    [InlineData("ts7", 0)]
    [InlineData("ts8", 6)]
    [InlineData("ts9", 12)]
    public void Six_of_nine_agree_as_often_as_in_the_reference(string series, int agreements)
    {
        if (Points.Recorded(series) is not { } points)
        {
            Assert.Skip("The recorded series (crucible/series) are not beside this checkout.");
            return;
        }
        var skyline = Points.Run(Detectors.Skyline(windowHours: double.PositiveInfinity), points);
        skyline[9..^1].Count(verdict => verdict.IsAnomaly).ShouldBe(agreements);
        Points.Run(Detectors.Consensus("vote", 6, CrucibleDetectors.All), points).ShouldBe(skyline);
    }

    [Fact]
    public void The_last_point_of_a_series_is_judged_too()
    {
        double[] values = [.. Enumerable.Range(0, 99).Select(i => 1.0 + i % 2), 500];
        foreach (var name in (string[])["mean_subtraction_cumulation", "stddev_from_average", "median_absolute_deviation"])
            Points.Run(CrucibleDetectors.All.Single(definition => definition.Name == name), values)[^1].IsAnomaly.ShouldBeTrue();
    }

    public static IEnumerable<TheoryDataRow<string, string>> Cases() =>
        from series in Enumerable.Range(1, 9)
        from definition in CrucibleDetectors.All
        select new TheoryDataRow<string, string>($"ts{series}", definition.Name);
}
