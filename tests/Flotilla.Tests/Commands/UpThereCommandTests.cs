using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Running.Real;

namespace Flotilla.Tests.Commands;

/// <summary>Commands about a fleet that is up, while it is not.</summary>
public sealed class UpThereCommandTests : CommandsTests
{
    [Fact]
    public async Task Apps_are_shown_as_not_running()
    {
        (await RunAsync(Fleets.Shop(["a", "b"], app: shop => shop.OnEveryHost(2)), "apps")).ShouldBe(ExitCodes.Done);
        Output.ShouldContain("0 of 4 run");
        Error.ShouldBe("The fleet is not up. Start it: \"flotilla up\".\n");
    }

    [Fact]
    public async Task Apps_as_json_say_that_nothing_is_up()
    {
        (await RunAsync(Fleets.Shop(["a"]), "apps", "--output", "json")).ShouldBe(ExitCodes.Done);
        Output.ShouldBe("""{"fleet":"shop","up":false,"apps":[{"name":"shop","wanted":3,"instances":[]}]}""" + "\n");
    }

    [Fact]
    public async Task Without_a_journal_there_are_no_events()
    {
        (await RunAsync(Fleets.Shop(["a"]), "events")).ShouldBe(ExitCodes.Done);
        Output.ShouldBeEmpty();
        Error.ShouldContain("No handler has run yet.");
        (await RunAsync(Fleets.Shop(["a"]), "events", "--output", "json")).ShouldBe(ExitCodes.Done);
        Output.ShouldBe("{\"fleet\":\"shop\",\"runs\":[]}\n");
    }

    [Fact]
    public async Task Events_are_read_from_the_journal_the_last_ones_last()
    {
        Directory.CreateDirectory(Folder.File(".flotilla"));
        await using (var journal = new FileJournal(FleetState.Journal(Folder.File(".flotilla"))))
            for (var i = 0; i < 5; i++)
                journal.Finished(new HandlerRecord($"user-{i}", $"user \"deploy-{i}\"", "on user \"deploy*\"", "a", DateTimeOffset.UnixEpoch, 1500.Milliseconds, TimeSpan.Zero, 1,
                    i == 4 ? HandlerOutcome.Failed : HandlerOutcome.Completed, null, i == 4 ? "no\nstack" : null));
        (await RunAsync(Fleets.Shop(["a"]), "events", "--last", "2")).ShouldBe(ExitCodes.Done);
        Output.ShouldNotContain("deploy-2");
        Output.IndexOf("deploy-3", StringComparison.Ordinal).ShouldBeInRange(0, Output.IndexOf("deploy-4", StringComparison.Ordinal));
        Output.ShouldContain("1500.0 ms");
        Output.ShouldContain("failed");
        Output.ShouldNotContain("stack");
    }

    [Fact]
    public async Task A_run_is_one_line_and_one_that_has_not_ended_is_shown_as_it_began()
    {
        Directory.CreateDirectory(Folder.File(".flotilla"));
        var started = new HandlerRecord("user-1", "user \"deploy\"", "on user \"deploy\"", "a", DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeSpan.Zero, 1, HandlerOutcome.Started, null, null);
        await using (var journal = new FileJournal(FleetState.Journal(Folder.File(".flotilla"))))
        {
            journal.Started(started);
            journal.Finished(started with { Took = 2.Seconds, Outcome = HandlerOutcome.Completed });
            journal.Started(started with { Host = "b" });
        }
        (await RunAsync(Fleets.Shop(["a"]), "events")).ShouldBe(ExitCodes.Done);
        var lines = Output.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(3);
        lines[1].ShouldContain("completed");
        lines[2].ShouldContain("started");
    }

    [Fact]
    public async Task What_is_kept_is_shown_with_whom_it_waits_for_while_the_files_are_in_use()
    {
        (await RunAsync(Fleets.Shop(["a", "b"]), "events", "kept")).ShouldBe(ExitCodes.Done);
        Output.ShouldBeEmpty();
        Error.ShouldStartWith("No host of the fleet has kept events here.");
        var at = DateTimeOffset.UtcNow;
        using var up = new SqliteJournal(FleetState.EventsOfUp(Folder.File(".flotilla"), "a"), TimeProvider.System);
        (await RunAsync(Fleets.Shop(["a", "b"]), "events", "kept")).ShouldBe(ExitCodes.Done);
        Output.ShouldBe("Nothing waits: all reliable events are acknowledged, all that came is handled (a).\n");
        up.Enqueue("deploy", EventPayload.FromText("v2"), ["b", "c"], at, at.AddMinutes(90));
        up.Acknowledge([1], "c");
        up.Tried([1]);
        using var agent = new SqliteJournal(FleetState.EventsOfAgent(FleetState.AgentFolder(Folder.File(".flotilla"), "b")), TimeProvider.System);
        agent.Keep(new UserEvent("pull", EventPayload.FromText("x"), "a", 7, at));
        agent.Begin("on user \"pull\"", "user:pull:7:a", at);
        (await RunAsync(Fleets.Shop(["a", "b"]), "events", "kept")).ShouldBe(ExitCodes.Done);
        var lines = Output.Split('\n').Select(line => System.Text.RegularExpressions.Regex.Replace(line.TrimEnd(), " {2,}|20..-..-.. ..:..:..", "|")).ToList();
        lines.ShouldContain("host|to send|for|since|tries|expires");
        lines.ShouldContain(line => line.StartsWith("a|user \"deploy\"|b|||1|in 1 h ", StringComparison.Ordinal), Output);
        lines.ShouldContain(line => line.StartsWith("b|user \"pull\"|a||", StringComparison.Ordinal), Output);
        lines.ShouldContain(line => line.StartsWith("b|on user \"pull\"||", StringComparison.Ordinal), Output);
        (await RunAsync(Fleets.Shop(["a", "b"]), "events", "kept", "--host", "b", "--output", "json")).ShouldBe(ExitCodes.Done);
        Output.ShouldContain("{\"fleet\":\"shop\",\"hosts\":[{\"host\":\"b\",\"toSend\":[],\"toHandle\":[{\"id\":");
        (await RunAsync(Fleets.Shop(["a", "b"]), "events", "kept", "--host", "z")).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldContain("no host \"z\"");
    }

    [Fact]
    public async Task An_event_for_nobody_is_refused()
    {
        (await RunAsync(Fleets.Shop(["a"]), "events", "send", "deploy", "v2")).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldBe("error: The fleet is not up, so nobody receives the event.\n  fix: Start it in another terminal: \"flotilla up\".\n");
    }

    [Fact]
    public void One_fleet_is_up_once()
    {
        using var first = FleetState.Open(Folder.Path);
        var problem = Should.Throw<ProblemException>(() => FleetState.Open(Folder.Path)).Problems[0];
        problem.What.ShouldBe("This fleet is up already.");
        problem.Why!.ShouldContain($"process {Environment.ProcessId} holds");
        File.ReadAllText(Folder.File(".flotilla", ".gitignore")).ShouldBe("*\n");
        first.Dispose();
        FleetState.Open(Folder.Path).Dispose();
    }
}
