using Flotilla.Apps;
using Flotilla.Core.Simulated;
using Flotilla.Events;
using Flotilla.Running;
using Flotilla.Running.Simulated;

namespace Flotilla.Tests.Running;

/// <summary>Each host knows where the instances of the others are, over a network as lossy as Serf.</summary>
public sealed class EndpointExchangeTests
{
    private static readonly string[] Hosts = ["web-1", "web-2", "client"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void All_hosts_come_to_know_all_endpoints_and_forget_those_of_a_host_that_died(int seed) => Play(seed, async (runtime, world, known) =>
    {
        await Until(world, () => Hosts.All(host => known.EndpointsKnownTo(host).Count(endpoint => endpoint.IsUp) == 3));
        known.EndpointsKnownTo("client").Select(endpoint => $"{endpoint.Instance} {endpoint.Host}").Order().ShouldBe(["shop-0 web-1", "shop-1 web-2", "shop-2 web-1"]);

        await runtime.CrashHostAsync("web-1");
        await Until(world, () => known.EndpointsKnownTo("client").Count(endpoint => endpoint.IsUp && endpoint.Host == "web-2") == 3);
        known.EndpointsKnownTo("client").ShouldAllBe(endpoint => endpoint.Host == "web-2");

        await runtime.RestartHostAsync("web-1", CancellationToken.None);
        await Until(world, () => Hosts.All(host => known.EndpointsKnownTo(host).Count(endpoint => endpoint.IsUp) == 3 && known.EndpointsKnownTo(host).Any(endpoint => endpoint.Host == "web-1")));
    });

    [Fact]
    public void A_host_that_was_cut_off_is_known_again() => Play(1, async (runtime, world, known) =>
    {
        await Until(world, () => known.EndpointsKnownTo("client").Count(endpoint => endpoint.IsUp) == 3);
        await runtime.SetCutOffAsync("client", cutOff: true);
        await Until(world, () => known.EndpointsKnownTo("client").Count == 0);
        await runtime.SetCutOffAsync("client", cutOff: false);
        await Until(world, () => known.EndpointsKnownTo("client").Count(endpoint => endpoint.IsUp) == 3);
    });

    [Fact]
    public void What_is_written_is_read_and_what_is_none_is_left_out()
    {
        var snapshot = new InstanceSnapshot(new InstanceId("shop", 3), "web-1", InstanceStatus.Healthy, 1, null,
            new Dictionary<string, Uri> { ["http"] = new("http://10.0.0.1:2000"), ["admin"] = new("http://10.0.0.1:2001") }, default, 0, null);
        var text = EndpointExchange.Write([snapshot, snapshot with { Id = new InstanceId("shop", 4), Endpoints = new Dictionary<string, Uri>() }]);
        text.ShouldBe("shop-3 http up http://10.0.0.1:2000/\nshop-3 admin up http://10.0.0.1:2001/\n");
        EndpointExchange.Read("web-1", text + "shop http up http://10.0.0.1:1/\nshop-1 http up nowhere\nof a newer program, perhaps\n").ShouldBe(Endpoint.Of(snapshot));
    }

    [Fact]
    public void Handlers_for_any_event_do_not_hear_of_it_and_the_timeline_does_not_either()
    {
        var heard = new List<string>();
        var result = FleetSimulation.Of(Shop(web =>
        {
            web.On<FleetEvent>(EventFilter.Any, (e, _) => { heard.Add(e.ToString()); return Task.CompletedTask; });
            web.On<UserEvent>("*", (e, _) => { heard.Add(e.Name); return Task.CompletedTask; });
        })).Run(async s =>
        {
            await s.App("shop").UntilHealthy();
            await s.For(TimeSpan.FromMinutes(2));
        });
        heard.ShouldAllBe(text => text.StartsWith("member-", StringComparison.Ordinal));
        result.Timeline.ShouldAllBe(entry => !entry.Subject.Contains(EventLimits.OwnPrefix) && !entry.Text.Contains(EventLimits.OwnPrefix));
    }

    private static void Play(int seed, Func<FleetRuntime, SimulatedWorld, SimulatedFleetWorld, Task> play)
    {
        var world = new SimulatedWorld(seed);
        var fleetWorld = new SimulatedFleetWorld(world, SimulatedBusOptions.Serf);
        var runtime = new FleetRuntime(Shop(_ => { }).Build(), fleetWorld, new Timeline(world.Clock));
        world.Run(async () =>
        {
            await runtime.StartAsync(CancellationToken.None);
            await play(runtime, world, fleetWorld);
            await runtime.StopAsync(CancellationToken.None);
            return 0;
        }, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
    }

    private static Fleet Shop(Action<Role> more) => new Fleet("shop").Host("web-1", ["web"]).Host("web-2", ["web"]).Host("client", ["client"])
        .Role("web", web =>
        {
            web.App("shop", app => app.Command("shop").Instances(3).Port("http").HealthCheck(Http.Get("/healthz"), every: TimeSpan.FromSeconds(1)));
            more(web);
        })
        .Role("client", client => client.App("load", app => app.Command("load")));

    private static async Task Until(SimulatedWorld world, Func<bool> condition)
    {
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(100), world.Clock);
    }
}
