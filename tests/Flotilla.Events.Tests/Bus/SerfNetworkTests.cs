using Flotilla.Core;
using Flotilla.Core.Simulated;

namespace Flotilla.Events.Tests;

/// <summary>
/// The contract on a simulated Serf. What the contract promises in any case holds; what Serf only does as a rule (that all arrives, and
/// once) is switched to certain here and measured in <see cref="SerfNetworkTests"/>.
/// </summary>
public sealed class SerfNetworkContractTests : EventBusContract
{
    private protected override Task RunAsync(Func<Fleet, Task> body)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var world = new SimulatedWorld(seed);
            world.Run(() => body(new SimulatedFleet(new SimulatedBus(new SimulatedNetwork(world),
                SimulatedBusOptions.Serf with { Stragglers = 0, Duplicates = 0, AnswerLoss = 0 }))));
        }
        return Task.CompletedTask;
    }
}

/// <summary>The simulated Serf against what was measured on the real one.</summary>
public sealed class SerfNetworkTests
{
    private static readonly SimulatedBusOptions Certain = SimulatedBusOptions.Serf with { Stragglers = 0, Duplicates = 0, AnswerLoss = 0 };

    [Fact]
    public void An_event_takes_the_measured_time_to_another_host()
    {
        var delays = new List<double>();
        Run(1, SimulatedBusOptions.Serf with { Duplicates = 0 }, async (world, fleet) =>
        {
            var hosts = await fleet.JoinAsync(2);
            hosts[1].Bus.Subscribe(delivery =>
            {
                if (delivery.Event is UserEvent e) delays.Add((world.Clock.GetUtcNow() - e.At).TotalMilliseconds);
            });
            for (var i = 0; i < 5_000; i++)
            {
                await hosts[0].SendAsync("e", $"{i}");
                await Task.Delay(TimeSpan.FromMilliseconds(20), world.Clock);
            }
            await Task.Delay(TimeSpan.FromSeconds(30), world.Clock);
        });
        delays.Count.ShouldBe(5_000);
        delays.Sort();
        delays[2_500].ShouldBeInRange(160, 180);
        delays[4_950].ShouldBeInRange(255, 290);
        delays[^1].ShouldBeInRange(1_000, 14_700);
    }

    [Theory]
    [InlineData(100, 1, 1)]
    [InlineData(200, 0.98, 1)]
    [InlineData(400, 0.86, 0.95)]
    [InlineData(800, 0.40, 0.50)]
    [InlineData(1600, 0.27, 0.33)]
    public void As_much_arrives_as_was_measured_at_a_rate(int perSecond, double least, double most)
    {
        var (arrived, own) = (0, 0);
        Run(10, Certain, async (world, fleet) =>
        {
            var hosts = await fleet.JoinAsync(3);
            hosts[0].Bus.Subscribe(delivery => own += delivery.Event is UserEvent ? 1 : 0);
            hosts[1].Bus.Subscribe(delivery => arrived += delivery.Event is UserEvent ? 1 : 0);
            for (var i = 0; i < 150; i++)
            {
                for (var j = 0; j < perSecond / 50; j++) await hosts[0].SendAsync("e");
                await Task.Delay(TimeSpan.FromMilliseconds(20), world.Clock);
            }
            await Task.Delay(TimeSpan.FromSeconds(5), world.Clock);
        });
        own.ShouldBe(perSecond * 30);
        ((double)arrived / own).ShouldBeInRange(least, most);
    }

    [Fact]
    public void Of_a_burst_of_thousands_a_quarter_arrives()
    {
        var arrived = 0;
        Run(10, Certain, async (world, fleet) =>
        {
            var hosts = await fleet.JoinAsync(2);
            hosts[1].Bus.Subscribe(delivery => arrived += delivery.Event is UserEvent ? 1 : 0);
            for (var i = 0; i < 230; i++)
            {
                for (var j = 0; j < 13; j++) await hosts[0].SendAsync("e");
                await Task.Delay(TimeSpan.FromMilliseconds(2), world.Clock);
            }
            await Task.Delay(TimeSpan.FromSeconds(5), world.Clock);
        });
        (arrived / 29_900.0).ShouldBeInRange(0.20, 0.28);
    }

    [Fact]
    public void A_failure_is_heard_of_as_late_as_on_Serf() => Run(50, Certain, async (world, fleet) =>
    {
        var hosts = await fleet.JoinAsync(3);
        await Task.Delay(TimeSpan.FromSeconds(10), world.Clock);
        var died = world.Elapsed;
        fleet.Fail("web-3");
        await PollAsync(world, () => hosts[0].StatusOf("web-3") == MemberStatus.Failed);
        (world.Elapsed - died).ShouldBeInRange(TimeSpan.FromSeconds(4.1), TimeSpan.FromSeconds(5.7));
        var listed = world.Elapsed;
        await hosts[0].SeesAsync(MemberChange.Failed, "web-3");
        (world.Elapsed - listed).ShouldBeInRange(TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(1.2));
    });

    [Fact]
    public void Of_changes_within_a_second_only_the_last_is_announced_and_not_when_it_is_nothing_new() => Run(20, Certain, async (world, fleet) =>
    {
        var hosts = await fleet.JoinAsync(2);
        await Task.Delay(TimeSpan.FromSeconds(10), world.Clock);
        var leaving = hosts[1].Bus.LeaveAsync(CancellationToken.None);
        var again = fleet.Join("web-2");
        await leaving;
        await PollAsync(world, () => hosts[0].StatusOf("web-2") == MemberStatus.Alive && again.StatusOf("web-1") == MemberStatus.Alive);
        await Task.Delay(TimeSpan.FromSeconds(10), world.Clock);
        hosts[0].Changes.ShouldBe(["member-join web-1", "member-join web-2"], ignoreOrder: true);
    });

    [Fact]
    public void A_stream_of_changes_is_announced_every_three_seconds() => Run(5, Certain, async (world, fleet) =>
    {
        var hosts = await fleet.JoinAsync(2);
        await Task.Delay(TimeSpan.FromSeconds(10), world.Clock);
        var updates = new List<TimeSpan>();
        hosts[0].Bus.Subscribe(delivery =>
        {
            if (delivery.Event is MemberEvent { Change: MemberChange.Update }) updates.Add(world.Elapsed);
        });
        for (var i = 0; i < 20; i++)
        {
            await hosts[1].Bus.SetTagsAsync(new Dictionary<string, string> { ["i"] = $"{i}" }, CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(0.45), world.Clock);
        }
        await Task.Delay(TimeSpan.FromSeconds(10), world.Clock);
        updates.Count.ShouldBeInRange(3, 4);
        (updates[1] - updates[0]).TotalSeconds.ShouldBeInRange(3, 3.8);
        hosts[0].Bus.Members.Single(member => member.Name == "web-2").Tags["i"].ShouldBe("19");
    });

    [Fact]
    public void A_handler_runs_once_for_an_event_that_comes_twice() => Run(20, Certain with { Duplicates = 0.5 }, async (world, fleet) =>
    {
        var hosts = await fleet.JoinAsync(2);
        var (received, handled) = (0, new List<string>());
        hosts[1].Bus.Subscribe(delivery => received += delivery.Event is UserEvent ? 1 : 0);
        await using var dispatcher = new HandlerDispatcher(hosts[1].Bus,
            [new HandlerRegistration("h", EventFilter.User("*"), (e, _, _) =>
            {
                handled.Add(e.Id);
                return Task.FromResult<object?>(null);
            }, HandlerOptions.Default, null)], new MemoryJournal(), world.Clock, world.Random, Invariants.Throwing);
        dispatcher.Start();
        for (var i = 0; i < 50; i++)
        {
            await hosts[0].SendAsync("e");
            await Task.Delay(TimeSpan.FromMilliseconds(50), world.Clock);
        }
        await Task.Delay(TimeSpan.FromSeconds(5), world.Clock);
        received.ShouldBeGreaterThan(55);
        handled.Count.ShouldBe(50);
        handled.ShouldBeUnique();
    });

    [Fact]
    public void Events_overtake_each_other_and_some_answers_are_lost()
    {
        var (overtaken, silent, asked) = (0, 0, 0);
        Run(20, SimulatedBusOptions.Serf, async (world, fleet) =>
        {
            var hosts = await fleet.JoinAsync(4);
            ulong latest = 0;
            hosts[1].Bus.Subscribe(delivery =>
            {
                if (delivery.Event is not UserEvent e) return;
                if (e.LamportTime < latest) overtaken++;
                latest = Math.Max(latest, e.LamportTime);
            });
            foreach (var host in hosts)
                host.Bus.Subscribe(delivery => _ = delivery.Respond?.AnswerAsync(EventPayload.FromText("yes"), CancellationToken.None).AsTask());
            for (var i = 0; i < 50; i++)
            {
                await hosts[0].SendAsync("e");
                var result = await hosts[0].Bus.QueryAsync(new Query("q", EventPayload.Empty, TimeSpan.FromSeconds(1)), CancellationToken.None);
                asked += 3;
                silent += result.Silent.Count;
                await hosts[0].SendAsync("e");
            }
        });
        overtaken.ShouldBeGreaterThan(10);
        ((double)silent / asked).ShouldBeInRange(0.005, 0.03);
    }

    [Theory]
    [InlineData(0, 1, 2, 0, 0, "Gossip cannot take 1 s to 0 s, stragglers up to 2 s.")]
    [InlineData(1, 0, 0.5, 0, 0, "Gossip cannot take 0 s to 1 s, stragglers up to 0.5 s.")]
    [InlineData(0, 0, 0, 2, 1, "Changes cannot be announced after 2 s of quiet and 1 s at the latest.")]
    public void Options_that_make_no_sense_are_refused(double most, double least, double straggler, double quiet, double latest, string what) =>
        Should.Throw<ProblemException>(() => new SimulatedBus(new SimulatedNetwork(new SimulatedWorld(1)), new SimulatedBusOptions
        {
            GossipMin = TimeSpan.FromSeconds(least),
            GossipMax = TimeSpan.FromSeconds(most),
            Stragglers = 0.1,
            StragglerMax = TimeSpan.FromSeconds(straggler),
            CoalesceQuiet = TimeSpan.FromSeconds(quiet),
            CoalesceMax = TimeSpan.FromSeconds(latest),
        })).Problems[0].What.ShouldBe(what);

    [Fact]
    public void Rates_that_do_not_rise_are_refused() =>
        Should.Throw<ProblemException>(() => new SimulatedBus(new SimulatedNetwork(new SimulatedWorld(1)), new SimulatedBusOptions { Capacity = [new(200, 1), new(100, 0.5)] }))
            .Problems[0].What.ShouldBe("A rate of 100 events a second is out of order.");

    // Changes that are not announced wake nobody, so the list is looked at again and again.
    private static async Task PollAsync(SimulatedWorld world, Func<bool> holds)
    {
        for (var i = 0; i < 6_000 && !holds(); i++) await Task.Delay(TimeSpan.FromMilliseconds(10), world.Clock);
        holds().ShouldBeTrue();
    }

    [Fact]
    public void A_host_that_was_lost_is_found_within_half_a_minute_and_one_that_was_not_lost_yet_at_once()
    {
        var found = new List<double>();
        Run(50, Certain, async (world, fleet) =>
        {
            var hosts = await fleet.JoinAsync(3);
            fleet.Bus.CutOff("web-1");
            await Task.Delay(TimeSpan.FromSeconds(2), world.Clock);
            fleet.Bus.Reconnect("web-1");
            await Task.Delay(TimeSpan.FromSeconds(2), world.Clock);
            fleet.Bus.CutOff("web-1");
            // The suspicion of the first time is over: noticing takes its own time again, less what Serf waits for quiet.
            await Task.Delay(TimeSpan.FromSeconds(4), world.Clock);
            hosts[1].CountOf(MemberChange.Failed, "web-1").ShouldBe(0);
            await hosts[1].SeesAsync(MemberChange.Failed, "web-1");
            await hosts[0].SeesAsync(MemberChange.Failed, "web-2");
            fleet.Bus.Reconnect("web-1");
            var begin = world.Clock.GetUtcNow();
            await hosts[1].SeesAsync(MemberChange.Join, "web-1", 2);
            found.Add((world.Clock.GetUtcNow() - begin).TotalSeconds);
        });
        found.Max().ShouldBeInRange(20, 34);
        found.Min().ShouldBeInRange(0, 5);
    }

    private static void Run(int seeds, SimulatedBusOptions options, Func<SimulatedWorld, SimulatedFleet, Task> body)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            var world = new SimulatedWorld(seed);
            world.Run(() => body(world, new SimulatedFleet(new SimulatedBus(new SimulatedNetwork(world), options))));
        }
    }
}
