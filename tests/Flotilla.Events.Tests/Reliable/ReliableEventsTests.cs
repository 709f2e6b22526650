using Flotilla.Core;
using Flotilla.Core.Simulated;
using Flotilla.Testing;

namespace Flotilla.Events.Tests;

public sealed class ReliableEventsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void An_event_reaches_each_member_of_a_role_and_nobody_else() => Run(async (_, fleet) =>
    {
        await fleet.StartAsync("web-1", "web-2", "db-1");
        var delivery = await Send(fleet, "db-1", "1", ReliableTargets.OfRole("web"));
        delivery.Acknowledged.ShouldBe(["web-1", "web-2"]);
        delivery.IsComplete.ShouldBeTrue();
        await fleet.SettleAsync();
        fleet.Handled.Order().ShouldBe([("web-1", "1"), ("web-2", "1")]);
        fleet.Journal.Runs.Select(run => run.EventId).Distinct().ShouldBe([delivery.Id]);
        fleet.Store("db-1").Outgoing().ShouldBeEmpty();
        fleet.Store("web-1").WaitingCount.ShouldBe(0);
    });

    [Fact]
    public void A_target_that_stays_away_expires_and_is_named() => Run(async (world, fleet) =>
    {
        await fleet.StartAsync("web-1", "web-2");
        await fleet.CrashAsync("web-2");
        var began = world.Elapsed;
        var delivery = await Send(fleet, "web-1", "1", ReliableTargets.All, TimeSpan.FromSeconds(20));
        (world.Elapsed - began).ShouldBe(TimeSpan.FromSeconds(20));
        delivery.Acknowledged.ShouldBe(["web-1"]);
        delivery.Expired.ShouldBe(["web-2"]);
    });

    [Fact]
    public void A_target_that_is_down_gets_it_when_it_is_back_and_its_sender_was_restarted_meanwhile() => Run(async (world, fleet) =>
    {
        await fleet.StartAsync("web-1", "web-2");
        await fleet.CrashAsync("web-2");
        var sent = Send(fleet, "web-1", "1", ReliableTargets.OfHosts("web-2"));
        await Task.Delay(Second, world.Clock);
        await fleet.CrashAsync("web-1");
        await Thrown.ByAsync<EventBusClosedException>(() => sent);
        await fleet.StartAsync("web-1");
        fleet.Start("web-2");
        await fleet.SettleAsync();
        fleet.Completed.ShouldHaveSingleItem().Acknowledged.ShouldBe(["web-2"]);
        fleet.Handled.ShouldBe([("web-2", "1")]);
    });

    [Fact]
    public void What_all_have_acknowledged_when_the_sender_died_is_let_go_of_after_its_restart() => Run(async (world, fleet) =>
    {
        var kept = fleet.Store("web-1").Enqueue("e", EventPayload.Empty, ["web-2"], world.Clock.GetUtcNow(), world.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        fleet.Store("web-1").Acknowledge([kept.Number], "web-2");
        await fleet.StartAsync("web-1", "web-2");
        fleet.Completed.ShouldHaveSingleItem().Acknowledged.ShouldBe(["web-2"]);
        (fleet["web-1"].Outgoing, fleet.Store("web-1").Outgoing().Count).ShouldBe((0, 0));
        await fleet.SettleAsync();
        fleet.Handled.ShouldBeEmpty("it was acknowledged, so it is not sent again");
    });

    [Fact]
    public void What_was_received_and_not_handled_when_the_host_died_is_handled_after_its_restart() => Run(async (world, fleet) =>
    {
        (fleet.BodyTakes, fleet.Handling) = (Second, new HandlerOptions(ExactlyOnce: true, ReplayUnfinished: true));
        await fleet.StartAsync("web-1", "web-2");
        for (var i = 0; i < 5; i++) await Send(fleet, "web-1", $"{i}", ReliableTargets.OfHosts("web-2"));
        await Task.Delay(Second * 1.5, world.Clock);
        await fleet.CrashAsync("web-2");
        await fleet.StartAsync("web-2");
        await fleet.SettleAsync();
        fleet.Handled.Select(handled => handled.Payload).Order().ShouldBe(["0", "1", "2", "3", "4"]);
        fleet.Begun.Count.ShouldBe(6, "one body was interrupted and says that it may be run again");
    });

    [Fact]
    public void A_body_that_was_interrupted_and_may_not_run_again_is_reported_as_unfinished() => Run(async (world, fleet) =>
    {
        (fleet.BodyTakes, fleet.Handling) = (Second, new HandlerOptions(ExactlyOnce: true));
        await fleet.StartAsync("web-1", "web-2");
        for (var i = 0; i < 3; i++) await Send(fleet, "web-1", $"{i}", ReliableTargets.OfHosts("web-2"));
        await Task.Delay(Second * 1.5, world.Clock);
        await fleet.CrashAsync("web-2");
        await fleet.StartAsync("web-2");
        await fleet.SettleAsync();
        fleet.Begun.Select(begun => begun.Payload).Order().ShouldBe(["0", "1", "2"]);
        fleet.Handled.Select(handled => handled.Payload).Order().ShouldBe(["0", "2"]);
        var unfinished = fleet.Journal.Runs.Where(run => run.Outcome == HandlerOutcome.Unfinished).ShouldHaveSingleItem();
        unfinished.Error!.ShouldContain("not run again");
        fleet.Store("web-2").Unfinished().ShouldBeEmpty();
        fleet.Store("web-2").WaitingCount.ShouldBe(0);
    });

    [Fact]
    public void A_plain_event_for_a_handler_that_runs_exactly_once_survives_a_crash() => Run(async (world, fleet) =>
    {
        (fleet.BodyTakes, fleet.Handling) = (Second, new HandlerOptions(ExactlyOnce: true, Attempts: 2));
        await fleet.StartAsync("web-1");
        for (var i = 0; i < 3; i++) await fleet["web-1"].Bus.SendAsync("e", EventPayload.FromText($"{i}"), default);
        await Task.Delay(Second / 2, world.Clock);
        await fleet.CrashAsync("web-1");
        await fleet.StartAsync("web-1");
        await fleet.SettleAsync();
        fleet.Handled.Select(handled => handled.Payload).Order().ShouldBe(["0", "1", "2"]);
    });

    [Fact]
    public void Ten_thousand_events_pass_a_partition_of_five_seconds_within_the_rate() => Run(async (world, fleet) =>
    {
        await fleet.StartAsync("ctl-1", "web-1", "web-2", "web-3", "web-4");
        var sent = new List<Task<ReliableDelivery>>();
        for (var i = 0; i < 10_000; i++)
        {
            if (i == 2000) fleet.Bus.CutOff("web-3");
            if (i == 3000) fleet.Bus.Reconnect("web-3");
            sent.Add(Send(fleet, "ctl-1", $"{i}", ReliableTargets.OfRole("web")));
            await Task.Delay(TimeSpan.FromMilliseconds(5), world.Clock);
        }
        await fleet.SettleAsync();
        foreach (var one in sent) (await one).IsComplete.ShouldBeTrue();
        fleet.Handled.Count.ShouldBe(40_000);
        fleet.Handled.ToHashSet().Count.ShouldBe(40_000);
    });

    [Fact]
    public void Whatever_is_lost_doubled_cut_or_crashed_each_event_is_handled_once_at_each_target()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            var world = new SimulatedWorld(seed);
            var fleet = new ReliableFleet(world, new SimulatedBusOptions(Loss: 0.2), duplicates: 0.3);
            if (seed % 2 == 0) fleet.Handling = new HandlerOptions(Concurrency: 2, ExactlyOnce: true, ReplayUnfinished: true);
            world.Run(() => TroubledAsync(world, fleet));
            var wanted = Enumerable.Range(0, 100).SelectMany(i => new[] { "web-1", "web-2", "web-3" }, (i, host) => (host, $"{i}")).Order();
            fleet.Handled.Order().ShouldBe(wanted, $"seed {seed}");
        }
    }

    [Fact]
    public void Two_runs_of_one_seed_are_the_same()
    {
        static IReadOnlyList<HandlerRecord> Records()
        {
            var world = new SimulatedWorld(7);
            var fleet = new ReliableFleet(world, new SimulatedBusOptions(Loss: 0.2), duplicates: 0.3);
            world.Run(() => TroubledAsync(world, fleet));
            return fleet.Journal.Records;
        }

        Records().ShouldBe(Records());
    }

    [Fact]
    public void Large_and_small_events_arrive_as_they_were_sent() => Run(async (_, fleet) =>
    {
        await fleet.StartAsync("web-1", "web-2");
        var payloads = new[] { "", "x", new string('y', 700), new string('z', ReliableEvents.PayloadBytesMax) };
        await Task.WhenAll(payloads.Select(payload => Send(fleet, "web-1", payload, ReliableTargets.All)));
        await fleet.SettleAsync();
        fleet.Handled.Where(handled => handled.Host == "web-2").Select(handled => handled.Payload).Order().ShouldBe(payloads.Order());
    });

    [Fact]
    public void What_cannot_be_sent_is_refused_with_what_to_do() => Run(async (_, fleet) =>
    {
        await fleet.StartAsync("web-1");
        var nobody = await Thrown.ByAsync<ProblemException>(() => Send(fleet, "web-1", "", ReliableTargets.OfRole("wbe")));
        nobody.Message.ShouldContain("role wbe");
        nobody.Message.ShouldContain("web-1");
        var large = await Thrown.ByAsync<ProblemException>(
            () => Send(fleet, "web-1", new string('x', ReliableEvents.PayloadBytesMax + 1), ReliableTargets.All));
        large.Message.ShouldContain($"{ReliableEvents.PayloadBytesMax:N0}");
        await Thrown.ByAsync<ProblemException>(() => Send(fleet, "web-1", "", ReliableTargets.All, TimeSpan.Zero));
        Should.Throw<ProblemException>(() => new ReliableEvents(
            fleet["web-1"].Bus, new MemoryEventStore(), fleet.Bus.Network.World.Clock, new Random(1), new ReliableOptions { MessagesPerSecond = 0 }));
    });

    [Fact]
    public void Who_is_told_and_throws_holds_up_neither_the_next_event_nor_the_end() => Run(async (_, fleet) =>
    {
        fleet.Options = new ReliableOptions
        {
            Completed = _ => throw new InvalidOperationException("oops"), Report = _ => throw new InvalidOperationException("oops again"),
        };
        await fleet.StartAsync("web-1", "web-2");
        await fleet.CrashAsync("web-2");
        (await Send(fleet, "web-1", "1", ReliableTargets.OfHosts("web-2"), TimeSpan.FromSeconds(20))).IsComplete.ShouldBeFalse();
        (await Send(fleet, "web-1", "2", ReliableTargets.OfHosts("web-1"))).IsComplete.ShouldBeTrue();
        await fleet.SettleAsync();
        fleet.Completed.Count.ShouldBe(2);
    });

    [Fact]
    public void A_store_that_is_closed_before_its_events_does_not_hold_up_their_end() => Run(async (world, fleet) =>
    {
        using var folder = new TemporaryFolder();
        using var store = new SqliteJournal(folder.File("events.db"), world.Clock);
        var reports = new List<string>();
        var bus = fleet.Bus.Join("web-1", new Dictionary<string, string>());
        var reliable = new ReliableEvents(bus, store, world.Clock, world.Random, new ReliableOptions { Report = reports.Add });
        reliable.Start();
        var sent = reliable.SendAsync("e", EventPayload.Empty, ReliableTargets.OfHosts("web-1"), Second, CancellationToken.None);
        store.Dispose();
        (await sent).IsComplete.ShouldBeFalse();
        await Task.Delay(Second * 10, world.Clock);
        await reliable.DisposeAsync();
        reports.ShouldContain(report => report.StartsWith("What came of reliable events could not be written down", StringComparison.Ordinal));
    });

    [Fact]
    public void Who_begins_to_wait_after_the_end_is_told_so() => Run(async (_, fleet) =>
    {
        await fleet.StartAsync("web-1", "web-2");
        await fleet.CrashAsync("web-2");
        var reliable = fleet["web-1"];
        var sent = Send(fleet, "web-1", "1", ReliableTargets.OfHosts("web-2"));
        await fleet.CrashAsync("web-1");
        await Thrown.ByAsync<EventBusClosedException>(() => sent);
        await Thrown.ByAsync<EventBusClosedException>(() => reliable.IdleAsync(CancellationToken.None));
    });

    [Fact]
    public void An_event_that_cannot_be_handed_on_does_not_keep_back_those_that_came_with_it() => Run(async (world, _) =>
    {
        var reports = new List<string>();
        var delivered = new List<string>();
        var receiver = new ReliableReceiver(new MemoryEventStore(), new ReliableOptions { Report = reports.Add }, received =>
        {
            if (received.Name == "bad") throw new InvalidOperationException("oops");
            delivered.Add(received.Name);
        });
        var at = world.Clock.GetUtcNow();
        await using var bus = new LocalBus(world.Clock).Join("web-1", new Dictionary<string, string>());
        using var subscription = bus.Subscribe(delivery =>
        {
            if (delivery is { Event: QueryEvent query, Respond: { } respond }) receiver.Offer(query, respond);
        });
        var running = receiver.RunAsync(CancellationToken.None);
        var message = new ReliableMessage("a", 1, [new(1, at, "bad", EventPayload.Empty), new(2, at, "good", EventPayload.Empty)]);
        var result = await bus.QueryAsync(new Query(ReliableMessage.QueryName, message.Encode()), CancellationToken.None);
        result.Answers.ShouldHaveSingleItem().Payload.ShouldBe(ReliableMessage.Acknowledged);
        delivered.ShouldBe(["good"]);
        reports.ShouldHaveSingleItem().ShouldEndWith("oops");
        receiver.Stop();
        await running;
    });

    // On threads of the pool: a receiver that never ends would hold up the simulation for ever, and its test with it.
    [Fact]
    public async Task A_host_that_stops_ends_though_messages_have_come_that_it_has_not_looked_at()
    {
        var time = TimeProvider.System;
        await using var bus = new LocalBus(time).Join("web-1", new Dictionary<string, string>());
        using var stopping = new CancellationTokenSource();
        var receiver = new ReliableReceiver(new MemoryEventStore(), new ReliableOptions(), _ => { });
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = bus.Subscribe(delivery =>
        {
            if (delivery is not { Event: QueryEvent query, Respond: { } respond }) return;
            receiver.Offer(query, respond);
            asked.TrySetResult();
        });
        var silent = bus.QueryAsync(new Query("q", EventPayload.Empty, Second), CancellationToken.None);
        await asked.Task;
        stopping.Cancel();
        receiver.Stop();
        await Task.Run(() => receiver.RunAsync(stopping.Token)).WaitAsync(TimeSpan.FromMinutes(1));
        (await silent).Silent.ShouldBe(["web-1"]);
    }

    [Fact]
    public void A_message_is_read_as_it_was_written_and_no_bytes_break_the_reader()
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        var message = new ReliableMessage("abc", 5, [new(5, at, "é", EventPayload.FromText("p")), new(300, at, "e", EventPayload.Empty)]);
        var read = ReliableMessage.Decode(message.Encode());
        (read.Incarnation, read.Floor).ShouldBe(("abc", 5));
        read.Entries.ShouldBe(message.Entries);
        var sizes = ReliableMessage.SizeOf(message.Entries[0], null, 5) + ReliableMessage.SizeOf(message.Entries[1], message.Entries[0], 5);
        message.Encode().Length.ShouldBe(1 + 1 + 3 + 1 + sizes, "version, incarnation and its length, floor, events");
        var random = new Random(1);
        var whole = message.Encode().Bytes.ToArray();
        for (var i = 0; i < 5000; i++)
        {
            var bytes = whole[..random.Next(whole.Length + 1)];
            for (var change = random.Next(3); change > 0 && bytes.Length > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                ReliableMessage.Decode(EventPayload.FromBytes(bytes));
            }
            catch (FormatException)
            {
                // The only way to refuse.
            }
        }
    }

    private static async Task TroubledAsync(SimulatedWorld world, ReliableFleet fleet)
    {
        fleet.BodyTakes = TimeSpan.FromMilliseconds(20);
        await fleet.StartAsync("ctl-1", "web-1", "web-2", "web-3");
        for (var i = 0; i < 100; i++)
        {
            if (!fleet.IsUp("ctl-1")) await fleet.StartAsync("ctl-1");
            _ = SendAndForget(fleet, $"{i}");
            var host = $"web-{world.Random.Next(1, 4)}";
            switch (world.Random.Next(12))
            {
                case 0: fleet.Bus.CutOff(host); break;
                case 1 or 2: fleet.Bus.Reconnect(host); break;
                case 3 when fleet.IsUp(host): await fleet.CrashAsync(host); break;
                case 4 when !fleet.IsUp(host): fleet.Start(host); break;
                case 5: await fleet.CrashAsync("ctl-1"); break;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(400)), world.Clock);
        }
        foreach (var host in new[] { "ctl-1", "web-1", "web-2", "web-3" })
        {
            fleet.Bus.Reconnect(host);
            if (!fleet.IsUp(host)) fleet.Start(host);
        }
        await fleet.SettleAsync();
        await fleet.StopAsync();
    }

    private static async Task SendAndForget(ReliableFleet fleet, string payload)
    {
        try
        {
            await Send(fleet, "ctl-1", payload, ReliableTargets.OfHosts("web-1", "web-2", "web-3"));
        }
        catch (EventBusClosedException)
        {
            // The sender died; its next program goes on.
        }
    }

    private static Task<ReliableDelivery> Send(ReliableFleet fleet, string from, string payload, ReliableTargets targets, TimeSpan? expires = null) =>
        fleet[from].SendAsync("e", EventPayload.FromText(payload), targets, expires, CancellationToken.None);

    private static void Run(Func<SimulatedWorld, ReliableFleet, Task> body)
    {
        var world = new SimulatedWorld(1);
        var fleet = new ReliableFleet(world);
        world.Run(async () =>
        {
            await body(world, fleet);
            await fleet.StopAsync();
        });
    }
}
