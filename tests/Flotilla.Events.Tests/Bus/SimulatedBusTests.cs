using System.Text;
using Flotilla.Core;
using Flotilla.Core.Simulated;

namespace Flotilla.Events.Tests;

public sealed class SimulatedBusContractTests : EventBusContract
{
    private protected override Task RunAsync(Func<Fleet, Task> body)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var world = new SimulatedWorld(seed);
            world.Run(() => body(new SimulatedFleet(new SimulatedBus(new SimulatedNetwork(world)))));
        }
        return Task.CompletedTask;
    }
}

internal sealed class SimulatedFleet(SimulatedBus bus) : Fleet
{
    public SimulatedBus Bus { get; } = bus;

    public override TimeProvider Time => Bus.Network.World.Clock;

    public override void Fail(string name) => Bus.Fail(name);

    protected override IEventBus Open(string name, IReadOnlyDictionary<string, string> tags) => Bus.Join(name, tags);
}

public sealed class SimulatedBusTests
{
    [Fact]
    public void A_failure_is_noticed_after_two_to_five_seconds() => Run(50, async (world, fleet) =>
    {
        var hosts = await fleet.JoinAsync(3);
        var died = world.Elapsed;
        fleet.Fail("web-3");
        await hosts[0].SeesAsync(MemberChange.Failed, "web-3");
        (world.Elapsed - died).ShouldBeInRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5.1));
    });

    [Fact]
    public void A_host_that_is_cut_off_and_the_others_lose_and_find_each_other() => Run(20, async (world, fleet) =>
    {
        var hosts = await fleet.JoinAsync(3);
        fleet.Bus.CutOff("web-1");
        await hosts[0].SeesAsync(MemberChange.Failed, "web-2");
        await hosts[0].SeesAsync(MemberChange.Failed, "web-3");
        await hosts[1].SeesAsync(MemberChange.Failed, "web-1");
        await hosts[2].SeesAsync(MemberChange.Failed, "web-1");
        hosts[0].StatusOf("web-1").ShouldBe(MemberStatus.Alive);
        hosts[1].StatusOf("web-3").ShouldBe(MemberStatus.Alive);
        await hosts[1].SendAsync("meanwhile");
        await hosts[2].ReceivesAsync("meanwhile");

        fleet.Bus.Reconnect("web-1");
        await hosts[0].SeesAsync(MemberChange.Join, "web-2", times: 2);
        await hosts[0].SeesAsync(MemberChange.Join, "web-3", times: 2);
        await hosts[1].SeesAsync(MemberChange.Join, "web-1", times: 2);
        await hosts[2].SeesAsync(MemberChange.Join, "web-1", times: 2);
        await Task.Delay(TimeSpan.FromMinutes(1), world.Clock);
        foreach (var host in hosts)
        {
            host.Bus.Members.ShouldAllBe(member => member.Status == MemberStatus.Alive);
            host.Events.Select(e => e.Id).ShouldBeUnique();
        }
        hosts[0].UserEvents.ShouldBeEmpty();
        hosts[1].Events.OfType<MemberEvent>().Single(e => e.Change == MemberChange.Failed).Id
            .ShouldBe(hosts[2].Events.OfType<MemberEvent>().Single(e => e.Change == MemberChange.Failed).Id);
    });

    [Fact]
    public void A_short_interruption_goes_unnoticed() => Run(20, async (world, fleet) =>
    {
        var hosts = await fleet.JoinAsync(2);
        fleet.Bus.CutOff("web-1");
        await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        fleet.Bus.Reconnect("web-1");
        await Task.Delay(TimeSpan.FromMinutes(1), world.Clock);
        foreach (var host in hosts) host.Changes.Count.ShouldBe(2);
    });

    [Fact]
    public void What_changed_during_an_interruption_is_learnt_after_it() => Run(20, async (_, fleet) =>
    {
        var hosts = await fleet.JoinAsync(4);
        fleet.Bus.CutOff("web-1");
        await hosts[1].SeesAsync(MemberChange.Failed, "web-1");
        await hosts[1].Bus.SetTagsAsync(new Dictionary<string, string> { ["role"] = "db" }, CancellationToken.None);
        await hosts[2].Bus.LeaveAsync(CancellationToken.None);
        fleet.Fail("web-4");
        await hosts[0].SeesAsync(MemberChange.Failed, "web-4");
        await hosts[1].SeesAsync(MemberChange.Failed, "web-4");
        fleet.Bus.Reconnect("web-1");
        await hosts[0].SeesAsync(MemberChange.Leave, "web-3");
        await hosts[0].SeesAsync(MemberChange.Join, "web-2", times: 2);
        hosts[0].Bus.Members.Single(member => member.Name == "web-2").HasRole("db").ShouldBeTrue();
        hosts[0].StatusOf("web-4").ShouldBe(MemberStatus.Failed);
    });

    [Fact]
    public void Two_hosts_cut_off_find_each_other_when_both_are_back() => Run(20, async (world, fleet) =>
    {
        var hosts = await fleet.JoinAsync(3);
        fleet.Bus.CutOff("web-1");
        fleet.Bus.CutOff("web-2");
        await hosts[0].SeesAsync(MemberChange.Failed, "web-2");
        await hosts[1].SeesAsync(MemberChange.Failed, "web-1");
        fleet.Bus.Reconnect("web-1");
        await Task.Delay(TimeSpan.FromSeconds(10), world.Clock);
        hosts[0].StatusOf("web-2").ShouldBe(MemberStatus.Failed);
        fleet.Bus.Reconnect("web-2");
        await Fleet.KnowEachOtherAsync(hosts);
    });

    [Fact]
    public void A_host_that_joins_while_cut_off_is_found_later() => Run(20, async (_, fleet) =>
    {
        var first = fleet.Join("web-1");
        fleet.Bus.CutOff("web-2");
        var second = fleet.Join("web-2");
        await second.SeesAsync(MemberChange.Join, "web-2");
        first.StatusOf("web-2").ShouldBeNull();
        fleet.Bus.Reconnect("web-2");
        await Fleet.KnowEachOtherAsync(first, second);
    });

    [Fact]
    public void A_newcomer_learns_who_has_failed_without_an_event() => Run(20, async (_, fleet) =>
    {
        var hosts = await fleet.JoinAsync(2);
        fleet.Fail("web-2");
        await hosts[0].SeesAsync(MemberChange.Failed, "web-2");
        var third = fleet.Join("web-3");
        await third.SeesAsync(MemberChange.Join, "web-1");
        third.StatusOf("web-2").ShouldBe(MemberStatus.Failed);
        third.Changes.Order().ShouldBe(["member-join web-1", "member-join web-3"]);
    });

    [Fact]
    public void A_program_that_restarts_before_anybody_noticed_stays_alive() => Run(20, async (world, fleet) =>
    {
        var hosts = await fleet.JoinAsync(2);
        fleet.Fail("web-2");
        var again = fleet.Join("web-2");
        await Fleet.KnowEachOtherAsync(hosts[0], again);
        await Task.Delay(TimeSpan.FromMinutes(1), world.Clock);
        hosts[0].CountOf(MemberChange.Failed, "web-2").ShouldBe(0);
        hosts[0].CountOf(MemberChange.Join, "web-2").ShouldBe(1);
    });

    [Fact]
    public void Lost_messages_are_as_many_as_asked_for_and_membership_survives()
    {
        var world = new SimulatedWorld(7);
        world.Run(async () =>
        {
            var fleet = new SimulatedFleet(new SimulatedBus(new SimulatedNetwork(world), new SimulatedBusOptions(Loss: 0.25)));
            var hosts = await fleet.JoinAsync(2);
            for (var i = 0; i < 2_000; i++) await hosts[0].SendAsync("e");
            await Task.Delay(TimeSpan.FromMinutes(1), world.Clock);
            hosts[0].UserEvents.Count.ShouldBe(2_000);
            hosts[1].UserEvents.Count.ShouldBeInRange(1_400, 1_600);
        });
    }

    [Fact]
    public void Events_of_one_sender_overtake_each_other_now_and_then()
    {
        var overtaken = 0;
        Run(20, async (_, fleet) =>
        {
            var hosts = await fleet.JoinAsync(2);
            for (var i = 0; i < 10; i++) await hosts[0].SendAsync("e");
            await hosts[1].ReceivesAsync("e", 10);
            var times = hosts[1].UserEvents.Select(e => e.LamportTime).ToArray();
            if (!times.SequenceEqual(times.Order())) overtaken++;
        });
        overtaken.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_member_that_is_gone_for_a_day_is_reaped()
    {
        var world = new SimulatedWorld(3);
        world.Run(async () =>
        {
            var fleet = new SimulatedFleet(new SimulatedBus(new SimulatedNetwork(world)));
            var hosts = await fleet.JoinAsync(3);
            fleet.Fail("web-2");
            await hosts[2].Bus.LeaveAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromHours(25), world.Clock);
            hosts[0].CountOf(MemberChange.Reap, "web-2").ShouldBe(1);
            hosts[0].CountOf(MemberChange.Reap, "web-3").ShouldBe(1);
            hosts[0].Bus.Members.Select(member => member.Name).ShouldBe(["web-1"]);
        }, limit: TimeSpan.FromDays(3));
    }

    [Fact]
    public void Two_runs_of_one_seed_are_equal_and_of_two_seeds_are_not()
    {
        var runs = new[] { Trace(11), Trace(11), Trace(12) };
        runs[1].ShouldBe(runs[0]);
        runs[2].ShouldNotBe(runs[0]);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_loss_that_is_no_part_is_refused(double loss) =>
        Should.Throw<ProblemException>(() => new SimulatedBus(new SimulatedNetwork(new SimulatedWorld(1)), new SimulatedBusOptions(loss)));

    [Fact]
    public void A_detection_that_ends_before_it_begins_is_refused() =>
        Should.Throw<ProblemException>(() => new SimulatedBus(
            new SimulatedNetwork(new SimulatedWorld(1)), new SimulatedBusOptions(DetectionMax: TimeSpan.FromSeconds(1))));

    private static string Trace(int seed)
    {
        var world = new SimulatedWorld(seed);
        var trace = new StringBuilder();
        world.Run(async () =>
        {
            var fleet = new SimulatedFleet(new SimulatedBus(new SimulatedNetwork(world), new SimulatedBusOptions(Loss: 0.1)));
            var hosts = await fleet.JoinAsync(5);
            foreach (var host in hosts)
                host.Bus.Subscribe(delivery => trace.Append($"{world.Elapsed} {host.Name} {delivery.Event.Id}\n"));
            for (var i = 0; i < 200; i++)
            {
                var host = hosts[world.Random.Next(5)];
                switch (world.Random.Next(8))
                {
                    case 0: fleet.Bus.CutOff(host.Name); break;
                    case 1 or 2: fleet.Bus.Reconnect(host.Name); break;
                    case 3: await host.Bus.SetTagsAsync(new Dictionary<string, string> { ["i"] = $"{i}" }, default); break;
                    default: await host.SendAsync("e"); break;
                }
                await Task.Delay(TimeSpan.FromSeconds(world.Random.NextDouble()), world.Clock);
            }
        });
        return trace.ToString();
    }

    private static void Run(int seeds, Func<SimulatedWorld, SimulatedFleet, Task> body)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            var world = new SimulatedWorld(seed);
            world.Run(() => body(world, new SimulatedFleet(new SimulatedBus(new SimulatedNetwork(world)))));
        }
    }
}
