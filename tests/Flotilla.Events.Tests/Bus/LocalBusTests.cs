using Flotilla.Core.Simulated;

namespace Flotilla.Events.Tests;

public sealed class LocalBusContractTests : EventBusContract
{
    private protected override Task RunAsync(Func<Fleet, Task> body) => body(new LocalFleet(new LocalBus(TimeProvider.System), TimeProvider.System));
}

public sealed class LocalBusInSimulationContractTests : EventBusContract
{
    private protected override Task RunAsync(Func<Fleet, Task> body)
    {
        var world = new SimulatedWorld(1);
        world.Run(() => body(new LocalFleet(new LocalBus(world.Clock), world.Clock)));
        return Task.CompletedTask;
    }
}

internal sealed class LocalFleet(LocalBus bus, TimeProvider time) : Fleet
{
    public override TimeProvider Time => time;

    public override void Fail(string name) => bus.Fail(name);

    protected override IEventBus Open(string name, IReadOnlyDictionary<string, string> tags) => bus.Join(name, tags);
}

public sealed class LocalBusTests
{
    private static readonly Dictionary<string, string> NoTags = [];

    [Fact]
    public async Task All_members_receive_everything_in_one_order()
    {
        const int Senders = 4, Each = 2_000;
        var fleet = new LocalFleet(new LocalBus(TimeProvider.System), TimeProvider.System);
        var hosts = await fleet.JoinAsync(Senders);
        await Task.WhenAll(hosts.Select(host => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) await host.SendAsync("e", $"{i}");
        })));
        foreach (var host in hosts) await host.ReceivesAsync("e", Senders * Each);
        var order = hosts[0].UserEvents.Select(e => e.Id).ToArray();
        foreach (var host in hosts) host.UserEvents.Select(e => e.Id).ShouldBe(order);
        hosts[0].UserEvents.Select(e => e.LamportTime).ShouldBeInOrder();
        foreach (var host in hosts)
            hosts[0].UserEvents.Where(e => e.Origin == host.Name).Select(e => int.Parse(e.Payload.Text)).ShouldBe(Enumerable.Range(0, Each));
    }

    [Fact]
    public async Task Members_coming_and_going_while_others_send_lose_no_event()
    {
        var bus = new LocalBus(TimeProvider.System);
        var fleet = new LocalFleet(bus, TimeProvider.System);
        var hosts = await fleet.JoinAsync(2);
        var churn = Task.Run(() =>
        {
            for (var i = 0; i < 300; i++)
            {
                bus.Join("churn", NoTags);
                bus.Fail("churn");
            }
        });
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 3_000; i++) await hosts[0].SendAsync("e");
        });
        await Task.WhenAll(churn, sending);
        await hosts[1].ReceivesAsync("e", 3_000);
        await hosts[1].SeesAsync(MemberChange.Failed, "churn", 300);
        hosts[1].Events.Select(e => e.LamportTime).ShouldBeInOrder();
    }

    [Fact]
    public void A_receiver_that_throws_harms_no_other_and_its_exception_reaches_the_sender()
    {
        var bus = new LocalBus(TimeProvider.System);
        var bad = bus.Join("a", NoTags);
        bad.Subscribe(delivery =>
        {
            if (delivery.Event is UserEvent) throw new InvalidOperationException("receiver");
        });
        using var good = new Host(bus.Join("b", NoTags), TimeProvider.System);
        Should.Throw<InvalidOperationException>(() => good.SendAsync("x").AsTask()).Message.ShouldBe("receiver");
        Should.Throw<InvalidOperationException>(() => good.SendAsync("y").AsTask()).Message.ShouldBe("receiver");
        good.UserEvents.Select(e => e.Name).ShouldBe(["x", "y"]);
    }

    [Fact]
    public void Members_that_are_gone_for_a_day_are_reaped()
    {
        var world = new SimulatedWorld(1);
        world.Run(async () =>
        {
            var bus = new LocalBus(world.Clock);
            using var first = new Host(bus.Join("a", NoTags), world.Clock);
            bus.Join("b", NoTags);
            bus.Join("c", NoTags);
            bus.Fail("b");
            bus.Fail("c");
            await Task.Delay(TimeSpan.FromHours(23), world.Clock);
            bus.Join("c", NoTags);
            await Task.Delay(TimeSpan.FromHours(2), world.Clock);
            first.CountOf(MemberChange.Reap, "b").ShouldBe(1);
            first.CountOf(MemberChange.Reap, "c").ShouldBe(0);
            first.Bus.Members.Select(member => member.Name).ShouldBe(["a", "c"]);
            ((MemberEvent)first.Events[^1]).Member.Status.ShouldBe(MemberStatus.Failed);
        }, limit: TimeSpan.FromDays(2));
    }

    [Fact]
    public void The_backlog_of_a_member_without_subscribers_is_bounded_and_keeps_the_latest()
    {
        var bus = new LocalBus(TimeProvider.System);
        var member = bus.Join("a", NoTags);
        for (var i = 0; i < 3_000; i++) member.SendAsync($"e{i}", EventPayload.Empty, default).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
        using var host = new Host(member, TimeProvider.System);
        host.UserEvents.Count.ShouldBe(1024);
        host.UserEvents[^1].Name.ShouldBe("e2999");
    }
}
