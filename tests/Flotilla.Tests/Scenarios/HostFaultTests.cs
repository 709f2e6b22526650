using Flotilla.Apps;
using Flotilla.Events;

namespace Flotilla.Tests.Scenarios;

/// <summary>What happens to hosts, and who takes over.</summary>
public sealed class HostFaultTests
{
    [Fact]
    public void The_instances_of_a_crashed_host_move_and_come_back_with_it() => Fleets.Shop(["a", "b", "c"], instances: 6).Simulated(async s =>
    {
        var shop = s.App("shop");
        await shop.UntilHealthy();
        Assert.Equal(["a", "b", "c", "a", "b", "c"], shop.Instances.Select(instance => instance.Host));

        await s.Host("b").CrashAsync();
        Assert.Equal(4, shop.Instances.Count);
        await shop.UntilHealthy(within: 30.Seconds);
        Assert.Equal(["a", "a", "c", "a", "c", "c"], shop.Instances.Select(instance => instance.Host));

        await s.Host("b").RestartAsync();
        await s.Until("everything at home", () => shop.Healthy == 6 && shop.Instances.Count == 6 && shop.Instances.Count(instance => instance.Host == "b") == 2, 30.Seconds);
        Assert.Equal(["a", "b", "c", "a", "b", "c"], shop.Instances.Select(instance => instance.Host));
        // What stayed at home was left alone.
        Assert.Equal(1, shop.Instance(0).Now!.Run);
        Assert.Equal(1, shop.Instance(5).Now!.Run);
    });

    [Fact]
    public void A_fleet_all_of_whose_hosts_crash_comes_up_again() => Fleets.Shop(["a", "b"]).Simulated(async s =>
    {
        await s.App("shop").UntilHealthy();
        await s.Host("a").CrashAsync();
        await s.Host("b").CrashAsync();
        Assert.Empty(s.Instances);
        await s.Host("b").RestartAsync();
        await s.App("shop").UntilHealthy(within: 2.Minutes);
        Assert.All(s.App("shop").Instances, instance => Assert.Equal("b", instance.Host));
        await s.Host("a").RestartAsync();
        await s.Until("all at home", () => s.App("shop").Healthy == 3 && s.App("shop").Instance(0).Now?.Host == "a", 30.Seconds);
    });

    [Fact]
    public void Without_a_host_that_is_up_nobody_sends_an_event()
    {
        var failure = Assert.Throws<SimulationFailedException>(() => Fleets.Shop(["a"]).Simulated(async s =>
        {
            await s.Host("a").CrashAsync();
            await s.SendAsync("deploy", EventPayload.Empty);
        }));
        failure.Result.Why.ShouldBe("no host is up to send the event \"deploy\" from");
    }

    [Fact]
    public void A_host_that_restarts_while_it_is_up_crashes_first() => Fleets.Shop(["a", "b"]).Simulated(async s =>
    {
        await s.App("shop").UntilHealthy();
        await s.Host("a").RestartAsync();
        await s.App("shop").UntilHealthy(within: 30.Seconds);
        Assert.Equal(["the host crashes", "the host starts again"], s.Timeline.Entries.Where(entry => entry.Kind == "fault").Select(entry => entry.Text));
    });

    [Fact]
    public void The_files_of_a_host_outlive_its_crash() => Fleets.Shop(["a", "b"]).Simulated(async s =>
    {
        s.Host("a").Inside.Files.WriteFile("/var/kept", "kept"u8, UnixFileMode.UserRead);
        await s.Host("a").CrashAsync();
        await s.Host("a").RestartAsync();
        Assert.Equal("kept"u8.ToArray(), s.Host("a").Inside.Files.ReadFile("/var/kept"));
    }, timeout: 1.Minutes);

    [Fact]
    public void What_runs_on_a_host_that_is_cut_off_is_taken_over_and_given_back() => Fleets.Shop(["a", "b"]).Simulated(async s =>
    {
        var shop = s.App("shop");
        await shop.UntilHealthy();
        await s.Host("b").CutOffAsync();
        await s.Until("each to miss the other", () => Status(s, "a", "b") is MemberStatus.Failed && Status(s, "b", "a") is MemberStatus.Failed, 10.Seconds);
        await s.Until("a to run all", () => s.Host("a").Inside.Apps["shop"].Instances.Count(IsHealthy) == 3, 30.Seconds);
        // Alone, the other cannot know that it is the one that is cut off.
        await s.Until("b to run all", () => s.Host("b").Inside.Apps["shop"].Instances.Count(IsHealthy) == 3, 30.Seconds);

        await s.Host("b").ReconnectAsync();
        await s.Until("each to see the other", () => Status(s, "a", "b") is MemberStatus.Alive && Status(s, "b", "a") is MemberStatus.Alive, 10.Seconds);
        await s.Until("each slot at home", () => shop.Instances.Count == 3 && shop.Healthy == 3, 30.Seconds);
        await s.For(1.Minutes);
        Assert.Equal(["a", "b", "a"], shop.Instances.Select(instance => instance.Host));
    });

    [Fact]
    public void A_host_that_does_not_exist_gets_a_suggestion()
    {
        var failure = Assert.Throws<SimulationFailedException>(() => Fleets.Shop(["web-1", "web-2"]).Simulated(s => s.Host("wbe-1").CrashAsync()));
        failure.Result.Why.ShouldNotBeNull().ShouldStartWith("The fleet has no host \"wbe-1\". Did you mean \"web-1\"?");
    }

    [Fact]
    public void A_host_that_is_down_has_no_inside()
    {
        var failure = Assert.Throws<SimulationFailedException>(() => Fleets.Shop(["a", "b"]).Simulated(async s =>
        {
            await s.Host("b").CrashAsync();
            s.Host("b").Inside.Note("hello");
        }));
        failure.Result.Why.ShouldNotBeNull().ShouldStartWith("Host \"b\" is not up.");
    }

    [Fact]
    public void Members_are_known_with_the_roles_of_their_hosts()
    {
        var fleet = new Fleet("shop").Host("a", ["web", "db"]).Host("b", ["db"]).Role("web", _ => { }).Role("db", _ => { });
        fleet.Simulated(async s =>
        {
            await s.Until("both to be known", () => s.Host("a").Inside.Events.Members.Count == 2);
            Assert.Equal(["a: web, db", "b: db"], s.Host("a").Inside.Events.Members.Select(member => $"{member.Name}: {string.Join(", ", member.Roles)}"));
        });
    }

    private static MemberStatus Status(Scenario s, string of, string member) => s.Host(of).Inside.Events.Members.Single(known => known.Name == member).Status;

    private static bool IsHealthy(InstanceSnapshot instance) => instance.Status is InstanceStatus.Healthy;
}
