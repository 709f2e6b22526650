using System.Diagnostics;
using Flotilla.Core;
using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests.Serf;

/// <summary>Agents that die, hang, come back, and want tokens.</summary>
public sealed class SerfFaultTests
{
    public SerfFaultTests() => Assert.SkipWhen(SerfAgent.Missing is not null, SerfAgent.Missing ?? "");

    [Fact]
    public async Task A_wrong_token_is_refused_and_the_right_one_taken()
    {
        await using var agent = new SerfAgent("n1", token: "secret");
        await agent.StartAsync("secret");
        (await Thrown.ByAsync<ProblemException>(() => agent.ConnectAsync())).Message.ShouldBe(
            $"The Serf agent at {agent.Rpc} requires an RPC token, and none was given. It said \"Invalid authentication token\". "
            + "Give the token that its rpc_auth says.");
        (await Thrown.ByAsync<ProblemException>(() => agent.ConnectAsync(new SerfOptions { Token = "wrong" }))).Message.ShouldContain("refuses the RPC token");
        await using var client = await agent.ConnectAsync(new SerfOptions { Token = "secret" });
        (await client.MembersAsync(default)).Single().Name.ShouldBe("n1");
        (await client.MembersAsync(new SerfMemberFilter(Name: "n1"), default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_that_nobody_asked_for_is_refused_by_name()
    {
        await using var agent = new SerfAgent("n1");
        await agent.StartAsync();
        (await Thrown.ByAsync<ProblemException>(() => agent.ConnectAsync(new SerfOptions { Token = "needless" })))
            .Message.ShouldContain("or none when it has no rpc_auth.");
    }

    [Fact]
    public async Task A_connection_comes_back_with_its_streams_when_the_agent_does()
    {
        await using var agent = new SerfAgent("n1");
        await agent.StartAsync();
        await using var connection = await agent.OpenAsync();
        var interruptions = new TaskCompletionSource<SerfInterruption>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Returned += interruptions.SetResult;
        await using var stream = await connection.StreamAsync("user", default);
        var before = await connection.ClientAsync(default);
        await before.EventAsync("before", default, false, default);
        (await Until.ReadAsync<SerfUserRecord>(stream)).Name.ShouldBe("before");
        await agent.KillAsync();
        await before.EndedAsync();
        await Thrown.ByAsync<SerfConnectionException>(() => before.EventAsync("lost", default, false, default));
        await agent.StartAsync();
        var interruption = await interruptions.Task;
        interruption.Attempts.ShouldBeGreaterThanOrEqualTo(1);
        interruption.From.ShouldBeLessThan(interruption.Until);
        await (await connection.ClientAsync(default)).EventAsync("after", default, false, default);
        var gap = (await Until.ReadAsync<SerfRecord>(stream)).ShouldBeOfType<SerfGapRecord>();
        (gap.Cause, gap.Lost, gap.From).ShouldBe((SerfGapCause.Disconnected, null, interruption.From));
        (await Until.ReadAsync<SerfUserRecord>(stream)).Name.ShouldBe("after");
    }

    [Fact]
    public async Task While_there_is_no_agent_one_waits_and_then_is_told()
    {
        await using var agent = new SerfAgent("n1");
        await agent.StartAsync();
        await using var connection = await agent.OpenAsync(new SerfOptions { RequestTimeout = TimeSpan.FromSeconds(1) });
        var client = await connection.ClientAsync(default);
        await agent.KillAsync();
        await client.EndedAsync();
        await Until.HoldsAsync(() => !connection.IsUp, "the connection is down");
        (await Thrown.ByAsync<SerfConnectionException>(async () => await connection.ClientAsync(default)))
            .Message.ShouldContain("there has been no other for 1 s");
        using var cancellation = new CancellationTokenSource();
        var asked = connection.ClientAsync(cancellation.Token);
        cancellation.Cancel();
        await Thrown.ByAsync<OperationCanceledException>(async () => await asked);
    }

    [Fact]
    public async Task A_hanging_agent_times_out_and_is_in_step_when_it_goes_on()
    {
        await using var agent = new SerfAgent("n1");
        await agent.StartAsync();
        await using var client = await agent.ConnectAsync(new SerfOptions { RequestTimeout = TimeSpan.FromMilliseconds(200) });
        await agent.SuspendAsync();
        await Thrown.ByAsync<SerfTimeoutException>(() => client.MembersAsync(default));
        await Thrown.ByAsync<SerfTimeoutException>(() => client.StatsAsync(default));
        agent.Resume();
        await Until.HoldsAsync(async () =>
        {
            try
            {
                return (await client.MembersAsync(default)).Count == 1;
            }
            catch (SerfTimeoutException)
            {
                return false;
            }
        }, () => "the agent answers");
        client.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_hanging_agent_is_given_up_and_found_again()
    {
        await using var agent = new SerfAgent("n1");
        await agent.StartAsync();
        await using var connection = await agent.OpenAsync(new SerfOptions
        {
            HeartbeatInterval = TimeSpan.FromMilliseconds(100), HeartbeatTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(1),
        });
        await using var stream = await connection.StreamAsync("user", default);
        var client = await connection.ClientAsync(default);
        await agent.SuspendAsync();
        (await client.EndedAsync()).Reason.ShouldBe("the agent has given no sign of life for 1 s");
        agent.Resume();
        (await Until.ReadAsync<SerfGapRecord>(stream)).Cause.ShouldBe(SerfGapCause.Disconnected);
        await (await connection.ClientAsync(default)).EventAsync("after", default, false, default);
        (await Until.ReadAsync<SerfUserRecord>(stream)).Name.ShouldBe("after");
    }

    [Fact]
    public async Task A_bus_outlives_a_restart_of_its_agent()
    {
        await using var fleet = new SerfFleet();
        using var first = fleet.Join("web-1");
        using var second = fleet.Join("web-2");
        await Fleet.KnowEachOtherAsync(first, second);
        await first.Bus.SetTagsAsync(new Dictionary<string, string> { ["role"] = "web", ["zone"] = "a" }, default);
        await second.SeesAsync(MemberChange.Update, "web-1");
        var agent = fleet.AgentOf("web-1");
        await agent.KillAsync();
        await second.SeesAsync(MemberChange.Failed, "web-1");
        await agent.StartAsync();
        await second.SeesAsync(MemberChange.Join, "web-1", times: 2);
        await first.UntilAsync(() => first.Events.OfType<GapEvent>().Any(), "a gap is told");
        first.Events.OfType<GapEvent>().First().Cause.ShouldBe(GapCause.Disconnected);
        await Until.HoldsAsync(
            () => second.Bus.Members.Single(member => member.Name == "web-1").Tags.GetValueOrDefault("zone") == "a", "the tags are restored");
        await first.SendAsync("after");
        await second.ReceivesAsync("after");
        await second.SendAsync("back");
        await first.ReceivesAsync("back");
        first.Events.OfType<MemberEvent>().ShouldNotContain(e => e.Change == MemberChange.Failed);
        first.Events.Select(e => e.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task Events_wait_for_an_agent_that_is_away_for_a_moment()
    {
        await using var fleet = new SerfFleet();
        using var host = fleet.Join("web-1");
        var agent = fleet.AgentOf("web-1");
        await agent.KillAsync();
        var sending = host.SendAsync("patient");
        await agent.StartAsync();
        await sending;
        await host.ReceivesAsync("patient");
    }

    [Fact]
    public async Task Serfs_command_line_sees_what_the_client_did()
    {
        await using var agent = new SerfAgent("n1", new Dictionary<string, string> { ["role"] = "web" });
        await agent.StartAsync();
        await using var client = await agent.ConnectAsync();
        await client.TagsAsync(new Dictionary<string, string> { ["zone"] = "a" }, [], default);
        using var serf = Process.Start(new ProcessStartInfo("serf", ["members", $"-rpc-addr={agent.Rpc}"]) { RedirectStandardOutput = true })!;
        (await serf.StandardOutput.ReadToEndAsync()).ShouldContain("zone=a");
        await serf.WaitForExitAsync();
        await client.LeaveAsync(default);
        (await client.EndedAsync()).Reason.ShouldNotBeEmpty();
    }
}
