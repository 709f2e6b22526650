using System.Text.Json;
using Flotilla.Console;

namespace Flotilla.Tests.Commands;

public sealed class SimulateCommandTests : CommandsTests
{
    [Fact]
    public async Task One_seed_gives_the_same_bytes()
    {
        var fleet = Fleets.Shop(["a", "b"]);
        (await RunAsync(fleet, "simulate", "--seed", "7", "--output", "json")).ShouldBe(ExitCodes.Done);
        var first = Output;
        await RunAsync(fleet, "simulate", "--seed", "7", "--output", "json");
        Output.ShouldBe(first);
        await RunAsync(fleet, "simulate", "--seed", "8", "--output", "json");
        Output.ShouldNotBe(first);
        using var json = JsonDocument.Parse(first);
        var scenario = json.RootElement.GetProperty("scenarios")[0];
        scenario.GetProperty("name").GetString().ShouldBe("starts");
        scenario.GetProperty("passed").GetBoolean().ShouldBeTrue();
        scenario.GetProperty("timeline")[0].GetProperty("kind").GetString().ShouldBe("scenario");
    }

    [Fact]
    public async Task As_text_it_is_the_timeline_and_the_verdict()
    {
        (await RunAsync(Fleets.Shop(["a"], instances: 1), "simulate")).ShouldBe(ExitCodes.Done);
        Testing.Snapshot.Matches(Output, "simulate");
        Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_scenario_that_does_not_exist_is_wrong_use_with_a_suggestion()
    {
        (await RunAsync(Fleets.Shop(["a"]), "simulate", "--scenario", "strats")).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldBe("error: The fleet has no scenario \"strats\".\n  fix: Did you mean \"starts\"?\n");
    }

    [Fact]
    public async Task A_fleet_without_scenarios_says_how_to_declare_one()
    {
        (await RunAsync(new Fleet("shop"), "simulate")).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldContain("The fleet declares no scenario.");
        Error.ShouldContain("fleet.Scenario(");
    }

    [Fact]
    public async Task Only_the_scenario_that_was_named_is_played()
    {
        var fleet = Fleets.Shop(["a"]).Scenario("other", _ => Task.CompletedTask);
        await RunAsync(fleet, "simulate", "--scenario", "other", "--output", "json");
        JsonDocument.Parse(Output).RootElement.GetProperty("scenarios").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("other");
    }

    [Fact]
    public async Task Many_seeds_say_how_many_passed()
    {
        (await RunAsync(Fleets.Shop(["a"]), "simulate", "--seed", "5", "--seeds", "20")).ShouldBe(ExitCodes.Done);
        Output.ShouldBe("20 passed, 0 failed (seeds 5 to 24).\n");
    }

    [Fact]
    public async Task A_failure_under_one_of_many_seeds_is_shown_with_the_command_that_replays_it()
    {
        var plays = 0;
        var fleet = new Fleet("shop").Scenario("flaky", s =>
        {
            s.Require(++plays != 3, "the third time it fails");
            return Task.CompletedTask;
        });
        (await RunAsync(fleet, "simulate", "--seeds", "5")).ShouldBe(ExitCodes.Found);
        Output.ShouldContain("FAILED  flaky  0 s\n  the third time it fails\n");
        Output.ShouldEndWith("4 passed, 1 failed (seeds 1 to 5).\n");
        Error.ShouldBe("Replay it: flotilla simulate --scenario flaky --seed 3\n");
    }
}
