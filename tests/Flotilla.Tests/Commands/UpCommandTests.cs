using System.Text.Json;
using Flotilla.Console;
using Flotilla.Events;

namespace Flotilla.Tests.Commands;

/// <summary>A scenario played for real: no apps, so nothing is started, but the bus, the files and the journal are real.</summary>
public sealed class UpCommandTests : CommandsTests
{
    private static readonly Fleet Shop = new Fleet("shop")
        .Host("a", ["web"])
        .Host("b", ["web"])
        .Role("web", web =>
        {
            web.File("/etc/motd", content: "welcome\n");
            web.On<UserEvent>("deploy", (e, host) =>
            {
                host.Note($"deploys {e.Payload.Text}");
                return Task.CompletedTask;
            });
        })
        .Scenario("deploys", async s =>
        {
            await s.SendAsync("deploy", EventPayload.FromText("v2"));
            await s.Until("both notes", () => s.Timeline.Entries.Count(entry => entry.Text == "deploys v2") == 2);
            // The note comes before the end of the handler, and the journal is written at its end.
            await s.Until("both handlers to end", () => s.Timeline.Entries.Count(entry => entry.Kind == "handler" && entry.Text.StartsWith("completed", StringComparison.Ordinal)) == 2);
        })
        .Scenario("cuts-off", s => s.Host("b").CutOffAsync());

    [Fact]
    public async Task A_scenario_is_played_for_real_and_the_journal_tells_of_it_afterwards()
    {
        (await RunAsync(Shop, "up", "--scenario", "deploys")).ShouldBe(ExitCodes.Done, Error);
        Output.ShouldContain("passed  deploys");
        Output.ShouldEndWith("1 passed, 0 failed.\n");
        foreach (var host in new[] { "a", "b" })
            File.ReadAllText(Folder.File(".flotilla", "hosts", host, "etc", "motd")).ShouldBe("welcome\n");

        (await RunAsync(Shop, "events", "--output", "json")).ShouldBe(ExitCodes.Done);
        using var json = JsonDocument.Parse(Output);
        var runs = json.RootElement.GetProperty("runs").EnumerateArray().ToList();
        runs.Select(run => run.GetProperty("host").GetString()).Order().ShouldBe(["a", "b"]);
        runs.ShouldAllBe(run => run.GetProperty("outcome").GetString() == "completed");
    }

    [Fact]
    public async Task As_json_the_result_is_alone_on_standard_output()
    {
        (await RunAsync(Shop, "up", "--scenario", "deploys", "--output", "json")).ShouldBe(ExitCodes.Done, Error);
        using var json = JsonDocument.Parse(Output);
        json.RootElement.GetProperty("scenarios")[0].GetProperty("passed").GetBoolean().ShouldBeTrue();
        Error.ShouldContain("deploys v2");
    }

    [Fact]
    public async Task What_only_simulation_can_do_fails_and_says_so()
    {
        (await RunAsync(Shop, "up", "--scenario", "cuts-off")).ShouldBe(ExitCodes.Found);
        Output.ShouldContain("Run this scenario with \"flotilla simulate\".");
        // And it does not pretend that it happened.
        Output.ShouldNotContain("the host is cut off from the network");
    }

    [Fact]
    public async Task A_scenario_that_does_not_exist_starts_nothing()
    {
        (await RunAsync(Shop, "up", "--scenario", "deplyos")).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldContain("Did you mean \"deploys\"?");
        Directory.Exists(Folder.File(".flotilla")).ShouldBeFalse();
    }
}
