using Flotilla.Core;

namespace Flotilla.Events.Tests;

/// <summary>What every bus keeps. It promises no order between members, and no more than one delivery, as Serf does not.</summary>
public abstract partial class EventBusContract
{
    /// <summary>How many members there are where the number matters.</summary>
    private const int Members = 5;

    /// <summary>Runs a body against a new fleet, in real or in virtual time.</summary>
    private protected abstract Task RunAsync(Func<Fleet, Task> body);

    [Fact]
    public Task Joining_is_seen_by_all_including_oneself() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(Members);
        foreach (var host in hosts)
        {
            foreach (var other in hosts) await host.SeesAsync(MemberChange.Join, other.Name);
            host.Changes.Order().ShouldBe(hosts.Select(other => $"member-join {other.Name}"));
            host.Bus.Members.Select(member => member.Name).ShouldBe(hosts.Select(other => other.Name));
            host.Bus.Self.ShouldBe(host.Bus.Members.Single(member => member.Name == host.Name));
        }
    });

    [Fact]
    public Task A_change_of_membership_has_one_id_for_all_who_see_it() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(3);
        fleet.Fail("web-3");
        foreach (var host in hosts[..2])
        {
            await host.SeesAsync(MemberChange.Join, "web-2");
            await host.SeesAsync(MemberChange.Failed, "web-3");
        }
        string IdOf(Host host, MemberChange change, string member) =>
            host.Events.OfType<MemberEvent>().Single(e => e.Change == change && e.Member.Name == member).Id;
        IdOf(hosts[0], MemberChange.Join, "web-2").ShouldBe(IdOf(hosts[1], MemberChange.Join, "web-2"));
        IdOf(hosts[0], MemberChange.Failed, "web-3").ShouldBe(IdOf(hosts[1], MemberChange.Failed, "web-3"));
    });

    [Fact]
    public Task Leaving_is_seen_by_the_others_and_is_no_failure() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(3);
        await hosts[1].Bus.LeaveAsync(CancellationToken.None);
        await hosts[1].Bus.LeaveAsync(CancellationToken.None);
        foreach (var host in new[] { hosts[0], hosts[2] })
        {
            await host.SeesAsync(MemberChange.Leave, "web-2");
            host.StatusOf("web-2").ShouldBe(MemberStatus.Left);
            host.CountOf(MemberChange.Failed, "web-2").ShouldBe(0);
        }
    });

    [Fact]
    public Task A_dead_host_is_seen_to_fail_and_receives_nothing_more() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(3);
        fleet.Fail("web-2");
        foreach (var host in new[] { hosts[0], hosts[2] })
        {
            await host.SeesAsync(MemberChange.Failed, "web-2");
            host.StatusOf("web-2").ShouldBe(MemberStatus.Failed);
        }
        await hosts[0].SendAsync("after");
        await hosts[2].ReceivesAsync("after");
        hosts[1].UserEvents.ShouldBeEmpty();
        hosts[0].Bus.Members.Count.ShouldBe(3);
    });

    [Fact]
    public Task A_bus_that_is_disposed_of_without_leaving_has_failed() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        await hosts[1].Bus.DisposeAsync();
        await hosts[1].Bus.DisposeAsync();
        await hosts[0].SeesAsync(MemberChange.Failed, "web-2");
    });

    [Fact]
    public Task Who_is_gone_cannot_send() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        await hosts[0].Bus.LeaveAsync(CancellationToken.None);
        fleet.Fail("web-2");
        foreach (var host in hosts)
        {
            var error = await Thrown.ByAsync<EventBusClosedException>(async () => await host.SendAsync("late"));
            error.Member.ShouldBe(host.Name);
            await Thrown.ByAsync<EventBusClosedException>(async () => await host.Bus.QueryAsync(AskFor("late"), CancellationToken.None));
            await Thrown.ByAsync<EventBusClosedException>(
                async () => await host.Bus.SetTagsAsync(new Dictionary<string, string>(), CancellationToken.None));
        }
    });

    [Fact]
    public Task A_member_that_comes_back_joins_again() => RunAsync(async fleet =>
    {
        var first = fleet.Join("web-1");
        var second = fleet.Join("web-2");
        await Fleet.KnowEachOtherAsync(first, second);
        fleet.Fail("web-2");
        await first.SeesAsync(MemberChange.Failed, "web-2");
        var again = fleet.Join("web-2");
        await first.SeesAsync(MemberChange.Join, "web-2", times: 2);
        await Fleet.KnowEachOtherAsync(first, again);
        await first.SendAsync("hello");
        await again.ReceivesAsync("hello");
        second.UserEvents.ShouldBeEmpty();
        first.Events.OfType<MemberEvent>().Select(e => e.Id).ShouldBeUnique();
    });

    [Fact]
    public Task A_member_that_left_can_come_back() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        await hosts[1].Bus.LeaveAsync(CancellationToken.None);
        await hosts[0].SeesAsync(MemberChange.Leave, "web-2");
        fleet.Join("web-2");
        await hosts[0].SeesAsync(MemberChange.Join, "web-2", times: 2);
        hosts[0].StatusOf("web-2").ShouldBe(MemberStatus.Alive);
    });

    [Fact]
    public Task Two_alive_members_cannot_have_one_name() => RunAsync(fleet =>
    {
        fleet.Join("web-1");
        var error = Should.Throw<ProblemException>(() => fleet.Join("web-1"));
        error.Message.ShouldBe("A member \"web-1\" is already there. It is alive at 127.0.0.1. Give each host its own name.");
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_host_that_never_was_cannot_fail() => RunAsync(fleet =>
    {
        fleet.Join("web-1");
        Should.Throw<ProblemException>(() => fleet.Fail("wbe-1")).Message.ShouldBe("There is no member \"wbe-1\". Did you mean \"web-1\"?");
        return Task.CompletedTask;
    });

    [Fact]
    public Task New_tags_are_seen_by_all() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(Members);
        var tags = new Dictionary<string, string> { ["role"] = "db", ["zone"] = "a" };
        await hosts[0].Bus.SetTagsAsync(tags, CancellationToken.None);
        tags["zone"] = "changed afterwards";
        foreach (var host in hosts)
        {
            await host.SeesAsync(MemberChange.Update, "web-1");
            var member = host.Bus.Members.Single(m => m.Name == "web-1");
            member.HasRole("db").ShouldBeTrue();
            member.Tags["zone"].ShouldBe("a");
        }
        hosts[0].Bus.Self.HasRole("db").ShouldBeTrue();
    });

    [Fact]
    public Task An_event_reaches_every_alive_member_once_the_sender_included() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(Members);
        for (var i = 0; i < 20; i++) await hosts[i % Members].SendAsync("deploy", $"{i}");
        foreach (var host in hosts)
        {
            await host.ReceivesAsync("deploy", times: 20);
            host.UserEvents.Select(e => e.Payload.Text).OrderBy(int.Parse).ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i}"));
            host.UserEvents.Select(e => e.Id).ShouldBeUnique();
        }
        hosts[1].UserEvents.Single(e => e.Payload.Text == "5").Origin.ShouldBe("web-1");
    });

    [Fact]
    public Task An_event_is_the_same_for_all_who_receive_it() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(Members);
        var sent = await hosts[0].SendAsync("slow", "shop-1");
        foreach (var host in hosts)
        {
            await host.ReceivesAsync("slow");
            var received = host.UserEvents.Single();
            received.LamportTime.ShouldBe(sent);
            received.ShouldBe(hosts[0].UserEvents.Single());
            received.Id.ShouldBe($"user:slow:{sent}:web-1");
        }
    });

    [Fact]
    public Task Lamport_times_of_one_sender_rise_and_follow_causes() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        var times = new List<ulong>();
        for (var i = 0; i < 10; i++) times.Add(await hosts[0].SendAsync("cause"));
        times.ShouldBe(times.Distinct().Order());
        await hosts[1].ReceivesAsync("cause", times: 10);
        (await hosts[1].SendAsync("effect")).ShouldBeGreaterThan(times[^1]);
    });

    [Fact]
    public Task What_came_before_the_first_subscription_is_kept_for_it() => RunAsync(async fleet =>
    {
        var first = fleet.Join("web-1");
        var bus = fleet.JoinBus("web-2");
        await first.SeesAsync(MemberChange.Join, "web-2");
        await first.SendAsync("early");
        await first.ReceivesAsync("early");
        using var second = new Host(bus, fleet.Time);
        await second.ReceivesAsync("early");
        await second.SeesAsync(MemberChange.Join, "web-1");
        second.Changes.Order().ShouldBe(["member-join web-1", "member-join web-2"]);
    });

    [Fact]
    public Task A_subscription_ends_when_it_is_disposed_of() => RunAsync(async fleet =>
    {
        var host = fleet.Join("web-1");
        using var other = new Host(host.Bus, fleet.Time);
        host.Dispose();
        await other.SendAsync("late");
        await other.ReceivesAsync("late");
        host.UserEvents.ShouldBeEmpty();
    });

    [Fact]
    public Task A_receiver_may_send() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        using var subscription = hosts[0].Bus.Subscribe(delivery =>
        {
            if (delivery.Event is UserEvent { Name: "ping" }) _ = hosts[0].SendAsync("pong").AsTask();
        });
        await hosts[1].SendAsync("ping");
        foreach (var host in hosts)
        {
            await host.ReceivesAsync("pong");
            await host.ReceivesAsync("ping");
        }
        hosts[0].UserEvents.Single(e => e.Name == "pong").LamportTime
            .ShouldBeGreaterThan(hosts[0].UserEvents.Single(e => e.Name == "ping").LamportTime);
    });

    [Fact]
    public Task The_largest_payload_arrives_and_one_byte_more_is_refused() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(1);
        hosts[0].OnQuery = async (_, respond) =>
        {
            await Thrown.ByAsync<ProblemException>(
                async () => await respond.AnswerAsync(Bytes(EventLimits.PayloadBytesMax + 1), CancellationToken.None));
            await respond.AnswerAsync(Bytes(EventLimits.PayloadBytesMax), CancellationToken.None);
        };
        await hosts[0].Bus.SendAsync("big", Bytes(EventLimits.PayloadBytesMax), CancellationToken.None);
        await hosts[0].ReceivesAsync("big");
        hosts[0].UserEvents.Single().Payload.Length.ShouldBe(65_536);
        (await hosts[0].Bus.QueryAsync(AskFor("big"), CancellationToken.None)).Answers.Single().Payload.Length.ShouldBe(65_536);
        var error = await Thrown.ByAsync<ProblemException>(
            async () => await hosts[0].Bus.SendAsync("big", Bytes(EventLimits.PayloadBytesMax + 1), CancellationToken.None));
        error.Message.ShouldContain("65,537 bytes; the limit is 65,536");
        await Thrown.ByAsync<ProblemException>(async () => await hosts[0].Bus.QueryAsync(
            new Query("big", Bytes(EventLimits.PayloadBytesMax + 1)), CancellationToken.None));
    });

    [Theory]
    [InlineData("")]
    [InlineData("_serf_ping")]
    [InlineData("a\nb")]
    [InlineData("nul\0")]
    public Task A_name_that_no_bus_can_carry_is_refused(string name) => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(1);
        await Thrown.ByAsync<ProblemException>(async () => await hosts[0].SendAsync(name));
        await Thrown.ByAsync<ProblemException>(async () => await hosts[0].Bus.QueryAsync(AskFor(name), CancellationToken.None));
    });

    [Fact]
    public Task Tags_beyond_the_limit_are_refused() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(1);
        // One byte for the message, one for the map, two strings with their lengths of 1 and 3 bytes.
        var fits = new Dictionary<string, string> { ["k"] = new('x', EventLimits.TagsBytesMax - 2 - 2 - 3) };
        await hosts[0].Bus.SetTagsAsync(fits, CancellationToken.None);
        var error = await Thrown.ByAsync<ProblemException>(async () => await hosts[0].Bus.SetTagsAsync(
            new Dictionary<string, string> { ["k"] = fits["k"] + "x" }, CancellationToken.None));
        error.Message.ShouldContain("513 bytes; the limit is 512");
    });

    private static EventPayload Bytes(int count) => EventPayload.FromBytes(new byte[count]);
}
