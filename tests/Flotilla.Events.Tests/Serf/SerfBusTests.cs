using System.Text;
using Flotilla.Core;
using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests.Serf;

/// <summary>What the bus adds to Serf, and how it meets those who use Serf alone.</summary>
public sealed class SerfBusTests
{
    public SerfBusTests() => Assert.SkipWhen(SerfAgent.Missing is not null, SerfAgent.Missing ?? "");

    [Fact]
    public async Task Large_payloads_reach_all_members()
    {
        await using var fleet = new SerfFleet();
        var hosts = await fleet.JoinAsync(3);
        var payload = Payload(10_000);
        foreach (var host in hosts)
            host.OnQuery = async (query, respond) => await respond.AnswerAsync(query.Payload.Length == 0 ? Payload(EventLimits.PayloadBytesMax) : query.Payload, default);
        await hosts[0].Bus.SendAsync("large", payload, default);
        foreach (var host in hosts)
        {
            await host.ReceivesAsync("large");
            host.UserEvents.Single().Payload.ShouldBe(payload);
            host.UserEvents.Single().Origin.ShouldBe("web-1");
        }
        var largest = await hosts[1].Bus.QueryAsync(new Query("largest", EventPayload.Empty, TimeSpan.FromSeconds(60)), default);
        largest.Failures.ShouldBeEmpty();
        largest.Silent.ShouldBeEmpty();
        largest.Answers.Select(answer => answer.Member).ShouldBe(["web-1", "web-2", "web-3"]);
        foreach (var answer in largest.Answers) answer.Payload.ShouldBe(Payload(EventLimits.PayloadBytesMax));
        var echo = await hosts[2].Bus.QueryAsync(new Query("echo", payload, TimeSpan.FromSeconds(60), Hosts: ["web-1", "web-3"]), default);
        echo.Answers.ShouldBe([new QueryAnswer("web-1", payload), new QueryAnswer("web-3", payload)]);
        foreach (var host in hosts) host.Events.OfType<QueryEvent>().Select(query => query.Id).ShouldBeUnique();
    }

    [Theory]
    [InlineData(900)]
    [InlineData(1_024)]
    [InlineData(10_240)]
    [InlineData(EventLimits.PayloadBytesMax)]
    [InlineData(EventLimits.PayloadBytesMax + 1)]
    public async Task A_typed_answer_of_any_size_up_to_the_limit_comes_whole_and_above_it_is_a_failure_that_says_so(int size)
    {
        await using var fleet = new SerfFleet();
        var hosts = await fleet.JoinAsync(2);
        // {"host":"web-1","text":"…"}
        var text = new string('x', size - new Report("web-1", "").Size);
        await using var dispatcher = new HandlerDispatcher(hosts[0].Bus,
            [new("report", EventFilter.Query("report"), (_, _, _) => Task.FromResult<object?>(new Report("web-1", text)), HandlerOptions.Default, null)],
            new MemoryJournal(), TimeProvider.System, new Random(1), Invariants.Throwing);
        dispatcher.Start();
        var result = await hosts[1].Bus.QueryAsync(new Query("report", EventPayload.Empty, TimeSpan.FromSeconds(60), Hosts: ["web-1"]), default);
        if (size <= EventLimits.PayloadBytesMax)
        {
            result.Failures.ShouldBeEmpty();
            result.Answers.ShouldHaveSingleItem().Payload.Length.ShouldBe(size);
            result.Answers[0].Payload.Read<Report>().ShouldBe(new Report("web-1", text));
        }
        else
        {
            result.Failures.ShouldHaveSingleItem().Message.ShouldContain("It has 65,537 bytes; the limit is 65,536.");
        }
    }

    [Fact]
    public async Task None_of_many_events_sent_at_once_is_lost_on_their_host()
    {
        const int Burst = 3_000;
        await using var fleet = new SerfFleet();
        using var host = fleet.Join("web-1");
        await Task.WhenAll(Enumerable.Range(0, Burst).Select(i => host.SendAsync("burst", $"{i}").AsTask()));
        await host.ReceivesAsync("burst", Burst);
        host.UserEvents.Select(e => int.Parse(e.Payload.Text)).Order().ShouldBe(Enumerable.Range(0, Burst));
        host.Events.OfType<GapEvent>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Long_names_and_failures_travel_whole()
    {
        await using var fleet = new SerfFleet();
        var hosts = await fleet.JoinAsync(2);
        var name = new string('n', EventLimits.NameBytesMax);
        var failure = new string('é', 5_000);
        foreach (var host in hosts) host.OnQuery = async (_, respond) => await respond.FailAsync(failure, default);
        await hosts[0].SendAsync(name, new string('x', 400));
        await hosts[1].ReceivesAsync(name);
        hosts[1].UserEvents.Single().Payload.Length.ShouldBe(400);
        var result = await hosts[0].Bus.QueryAsync(new Query(name, EventPayload.FromText(new string('y', 900)), TimeSpan.FromSeconds(60)), default);
        result.Failures.Select(one => one.Message.Length).ShouldBe([4_096, 4_096]);
    }

    [Fact]
    public async Task Events_and_queries_of_others_surface_as_they_are()
    {
        await using var fleet = new SerfFleet();
        var hosts = await fleet.JoinAsync(2);
        hosts[1].OnQuery = async (_, respond) => (await respond.AnswerAsync(EventPayload.FromText("five"), default)).ShouldBeTrue();
        await using var foreign = await fleet.AgentOf("web-1").ConnectAsync();
        await foreign.EventAsync("deploy", Encoding.UTF8.GetBytes("v2"), coalesce: false, default);
        foreach (var host in hosts)
        {
            await host.ReceivesAsync("deploy");
            var received = host.UserEvents.Single();
            (received.Name, received.Payload.Text, received.Origin).ShouldBe(("deploy", "v2", ""));
            received.Id.ShouldBe($"user:deploy:{received.LamportTime}:");
        }
        var outcome = await foreign.AskAsync(new SerfQueryRequest("load") { Timeout = TimeSpan.FromSeconds(30) }, ["web-2"], default);
        Encoding.UTF8.GetString(outcome.Answers["web-2"].Span).ShouldBe("five");
        var query = hosts[1].Events.OfType<QueryEvent>().Single();
        (query.Name, query.Origin).ShouldBe(("load", ""));
    }

    [Fact]
    public async Task A_member_with_scripts_alone_is_seen_and_answers()
    {
        await using var fleet = new SerfFleet();
        using var host = fleet.Join("web-1");
        host.OnQuery = async (_, respond) => await respond.DeclineAsync(default);
        await using var plain = new SerfAgent(
            "plain", new Dictionary<string, string> { ["role"] = "db" }, join: fleet.AgentOf("web-1").Gossip, more: "-event-handler=query:load=echo 7");
        await plain.StartAsync();
        await host.SeesAsync(MemberChange.Join, "plain");
        var result = await host.Bus.QueryAsync(new Query("load", EventPayload.Empty, TimeSpan.FromSeconds(60)), default);
        result.Answers.ShouldBe([new QueryAnswer("plain", EventPayload.FromText("7\n"))]);
        result.Silent.ShouldBe(["web-1"]);
    }

    [Fact]
    public async Task An_update_surfaces_once_however_often_Serf_repeats_it()
    {
        await using var fleet = new SerfFleet();
        var hosts = await fleet.JoinAsync(2);
        await hosts[1].Bus.SetTagsAsync(new Dictionary<string, string> { ["role"] = "web", ["zone"] = "a" }, default);
        await hosts[0].SeesAsync(MemberChange.Update, "web-2");
        await using var watch = await (await fleet.AgentOf("web-1").ConnectAsync()).StreamAsync("member-update", default);
        // Serf's own stream tells the update of web-2 again with each later change of anyone.
        using var third = fleet.Join("web-3");
        await hosts[0].SeesAsync(MemberChange.Join, "web-3");
        await Until.ReadAsync<SerfMemberRecord>(watch, record => record.Members.Any(member => member.Name == "web-2"));
        await third.Bus.LeaveAsync(default);
        await hosts[0].SeesAsync(MemberChange.Leave, "web-3");
        await Until.ReadAsync<SerfMemberRecord>(watch, record => record.Members.Any(member => member.Name == "web-2"));
        hosts[0].CountOf(MemberChange.Update, "web-2").ShouldBe(1);
        hosts[0].Events.OfType<MemberEvent>().Count(e => e.Change == MemberChange.Update).ShouldBe(1);
    }

    [Fact]
    public async Task Tags_that_leave_no_room_for_an_announcement_still_work()
    {
        await using var fleet = new SerfFleet();
        var hosts = await fleet.JoinAsync(2);
        var tags = new Dictionary<string, string> { ["k"] = new('x', EventLimits.TagsBytesMax - 7) };
        await hosts[0].Bus.SetTagsAsync(tags, default);
        await hosts[1].SeesAsync(MemberChange.Update, "web-1");
        hosts[1].Bus.Members[0].Tags.ShouldBe(tags);
        await hosts[0].Bus.SetTagsAsync(new Dictionary<string, string>(), default);
        await hosts[1].SeesAsync(MemberChange.Update, "web-1", times: 2);
        hosts[1].Bus.Members[0].Tags.ShouldBeEmpty();
        hosts[0].Bus.Self.Tags.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_receiver_that_throws_is_reported_and_harms_nobody()
    {
        await using var fleet = new SerfFleet();
        using var host = fleet.Join("web-1");
        using var bad = host.Bus.Subscribe(delivery =>
        {
            if (delivery.Event is UserEvent) throw new InvalidOperationException("oops");
        });
        await host.SendAsync("one");
        await host.SendAsync("two");
        await host.ReceivesAsync("one");
        await host.ReceivesAsync("two");
        await Until.HoldsAsync(
            () => fleet.Reports.ToArray().Contains("A receiver of user \"two\" threw InvalidOperationException: oops"), "the report");
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_a_problem_of_the_user()
    {
        await using var agent = new SerfAgent("n1");
        (await Thrown.ByAsync<ProblemException>(() => agent.OpenAsync())).Message.ShouldStartWith($"No Serf agent answers at {agent.Rpc}.");
        await agent.StartAsync();
        var options = new SerfBusOptions { Join = ["127.0.0.99:1"] };
        (await Thrown.ByAsync<SerfException>(async () => await SerfBus.AttachAsync(await agent.OpenAsync(), options, TimeProvider.System, default)))
            .Command.ShouldBe("join");
    }

    private sealed record Report(string Host, string Text)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public int Size => EventPayload.FromJson(this).Length;
    }

    private static EventPayload Payload(int length) => EventPayload.FromBytes([.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))]);
}
