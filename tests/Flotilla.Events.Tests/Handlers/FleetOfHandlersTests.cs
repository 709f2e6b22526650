using System.Text;
using Flotilla.Core;
using Flotilla.Core.Simulated;

namespace Flotilla.Events.Tests;

/// <summary>Handlers on several hosts of one simulated fleet.</summary>
public sealed class FleetOfHandlersTests
{
    [Fact]
    public void Every_host_handles_every_event_once_whatever_fails_meanwhile()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var world = new SimulatedWorld(seed);
            var journal = new MemoryJournal(100_000);
            world.Run(() => RunAsync(world, journal));
            var runs = journal.Runs.Where(run => run.EventText == "user \"e\"").ToArray();
            runs.Select(run => (run.Host, run.EventId)).ShouldBeUnique();
            foreach (var untouched in new[] { "web-1", "web-2" })
                runs.Where(run => run.Host == untouched).Select(run => run.EventId).Distinct().Count().ShouldBe(100, $"seed {seed}");
        }
    }

    [Fact]
    public void Two_runs_of_one_seed_write_the_same_journal()
    {
        Trace(5).ShouldBe(Trace(5));
        Trace(5).ShouldNotBe(Trace(6));
    }

    [Fact]
    public void A_handler_asks_the_other_hosts_and_reports_what_they_said()
    {
        var world = new SimulatedWorld(1);
        world.Run(async () =>
        {
            var bus = new SimulatedBus(new SimulatedNetwork(world));
            var journal = new MemoryJournal();
            var hosts = Enumerable.Range(1, 3).Select(i => bus.Join($"web-{i}", new Dictionary<string, string>())).ToArray();
            var dispatchers = hosts.Select(host => Start(host, world, journal,
                new HandlerRegistration("load", EventFilter.Query("load"), (_, run, _) => Task.FromResult<object?>(run.Self.Name.Length), HandlerOptions.Default, null),
                new HandlerRegistration("sum", EventFilter.User("sum"), async (_, run, token) =>
                {
                    if (run.Self.Name != "web-1") return null;
                    var result = await host.QueryAsync(new Query("load", EventPayload.Empty), token);
                    return result.Answers.Sum(answer => answer.Payload.Read<int>());
                }, HandlerOptions.Default, null))).ToArray();
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
            await hosts[1].SendAsync("sum", EventPayload.Empty, default);
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
            journal.Runs.Single(run => run is { Handler: "sum", Host: "web-1" }).Result.ShouldBe("15");
            foreach (var dispatcher in dispatchers) await dispatcher.DisposeAsync();
        });
    }

    private static string Trace(int seed)
    {
        var world = new SimulatedWorld(seed);
        var journal = new MemoryJournal(100_000);
        world.Run(() => RunAsync(world, journal));
        var text = new StringBuilder();
        foreach (var record in journal.Records) text.Append(record.StartedAt.Ticks).Append(' ').Append(record).Append('\n');
        return text.ToString();
    }

    private static async Task RunAsync(SimulatedWorld world, MemoryJournal journal)
    {
        var bus = new SimulatedBus(new SimulatedNetwork(world));
        var hosts = Enumerable.Range(1, 4).Select(i => bus.Join($"web-{i}", new Dictionary<string, string>())).ToArray();
        var dispatchers = hosts.Select(host => Start(host, world, journal, new HandlerRegistration(
            "h", EventFilter.Any, async (_, _, token) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(200)), world.Clock, token);
                return null;
            }, new HandlerOptions(Concurrency: 2), null))).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        for (var i = 0; i < 100; i++)
        {
            await hosts[i % 2].SendAsync("e", EventPayload.FromText($"{i}"), default);
            switch (world.Random.Next(20))
            {
                case 0: bus.CutOff("web-3"); break;
                case 1 or 2: bus.Reconnect("web-3"); break;
                case 3: bus.Fail("web-4"); break;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(300)), world.Clock);
        }
        await Task.Delay(TimeSpan.FromMinutes(1), world.Clock);
        foreach (var dispatcher in dispatchers) await dispatcher.DisposeAsync();
    }

    private static HandlerDispatcher Start(IEventBus bus, SimulatedWorld world, MemoryJournal journal, params HandlerRegistration[] handlers)
    {
        var dispatcher = new HandlerDispatcher(bus, handlers, journal, world.Clock, world.Random, Invariants.Throwing);
        dispatcher.Start();
        return dispatcher;
    }
}
