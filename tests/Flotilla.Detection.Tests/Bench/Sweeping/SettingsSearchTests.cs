using Flotilla.Detection.Bench;

namespace Flotilla.Detection.Tests.Bench;

public sealed class SettingsSearchTests
{
    [Fact]
    public async Task Few_combinations_are_all_tried_each_once()
    {
        var tried = await SearchAsync([new("a", 2, [1, 2, 3]), new("b", 5, [4, 5])], _ => 0);
        tried.ShouldBe(["2 5", "1 4", "1 5", "2 4", "3 4", "3 5"]);
    }

    [Fact]
    public async Task A_value_that_is_no_candidate_is_tried_first() =>
        (await SearchAsync([new("a", 7, [1, 2])], _ => 0)).ShouldBe(["7", "1", "2"]);

    [Fact]
    public async Task Without_settings_there_is_one_trial() => (await SearchAsync([], _ => 0)).ShouldBe([""]);

    [Fact]
    public async Task Many_combinations_are_climbed_setting_by_setting()
    {
        double[] candidates = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        var tried = await SearchAsync(
            [new("a", 1, candidates), new("b", 1, candidates), new("c", 1, candidates)],
            values => -Math.Abs(values[0] - 3) - Math.Abs(values[1] - 8) - Math.Abs(values[2] - 5));
        tried.ShouldContain("3 8 5");
        tried.Count.ShouldBeLessThan(60);
        tried.Distinct().Count().ShouldBe(tried.Count);
    }

    [Fact]
    public async Task It_goes_round_again_while_a_setting_that_comes_first_gains_by_a_later_one()
    {
        double[] candidates = [0, 1, 2, 3, 4, 5, 6, 7, 8];
        // a is best at b's value, and b draws to 8.
        var tried = await SearchAsync(
            [new("a", 0, candidates), new("b", 0, candidates)],
            values => 2 * values[1] - Math.Abs(values[0] - values[1]));
        tried.ShouldContain("8 8");
    }

    [Fact]
    public async Task What_fails_is_never_the_best()
    {
        double[] candidates = [.. Enumerable.Range(0, 100)];
        (await SearchAsync([new("a", 5, candidates)], values => values[0] > 50 ? null : values[0])).Count.ShouldBe(100);
    }

    private static async Task<List<string>> SearchAsync(IReadOnlyList<DetectorSetting> settings, Func<IReadOnlyList<double>, double?> value)
    {
        var tried = new List<string>();
        await new SettingsSearch(settings, values =>
        {
            tried.Add(string.Join(' ', values));
            return Task.FromResult(value(values));
        }).RunAsync();
        return tried;
    }
}
