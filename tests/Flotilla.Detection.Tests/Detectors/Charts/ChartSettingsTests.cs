using Flotilla.Core;

namespace Flotilla.Detection.Tests;

public sealed class ChartSettingsTests
{
    public static IEnumerable<TheoryDataRow<string, Action>> Wrong() =>
    [
        new("smoothing", () => Detectors.EwmaChart(smoothing: 0)),
        new("smoothing", () => Detectors.EwmaChart(smoothing: double.NaN)),
        new("memory", () => Detectors.EwmaChart(memory: 29)),
        new("relearn", () => Detectors.EwmaChart(relearn: 1)),
        new("limit", () => Detectors.RobustZ(limit: 0)),
        new("window", () => Detectors.RobustZ(window: 29)),
        new("floor", () => Detectors.RobustZ(floor: -1)),
        new("limit", () => Detectors.HoltWinters(limit: double.PositiveInfinity)),
        new("trend", () => Detectors.HoltWinters(trend: 1.1)),
        new("longestSeason", () => Detectors.HoltWinters(longestSeason: 3)),
        new("season", () => Detectors.SeasonalEsd(season: -1)),
        new("significance", () => Detectors.SeasonalEsd(significance: 0)),
        new("share", () => Detectors.SeasonalEsd(share: 0.5)),
        new("risk", () => Detectors.Spot(risk: 0)),
        new("quantile", () => Detectors.Spot(quantile: 1)),
        new("depth", () => Detectors.Dspot(depth: 0)),
        new("slack", () => Detectors.PageHinkley(slack: -0.1)),
        new("limit", () => Detectors.Cusum(limit: -1)),
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_settings_are_refused_at_once(string parameter, Action wrong) =>
        Should.Throw<ArgumentOutOfRangeException>(wrong).ParamName.ShouldBe(parameter);

    [Fact]
    public void A_setting_changed_by_name_is_the_same_as_one_given()
    {
        var values = ChartSeries.Seasonal(900, 12, 71);
        values[700] += 40;
        Points.Run(Detectors.HoltWinters().With("season", 12).With("limit", 5), values)
            .ShouldBe(Points.Run(Detectors.HoltWinters(limit: 5, season: 12), values));
        Should.Throw<ProblemException>(() => Detectors.HoltWinters().With("season", 1.5)).Message.ShouldContain("whole number");
    }

    [Fact]
    public void A_season_can_be_ruled_out()
    {
        var instance = (HoltWintersDetector)Detectors.HoltWinters(season: 1).Create();
        foreach (var (value, i) in ChartSeries.Seasonal(2000, 24, 72).Select((value, i) => (value, i))) instance.Observe(Points.At(i, value));
        instance.Season.ShouldBe(0);
    }
}
