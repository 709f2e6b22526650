using Flotilla.Core;
using Flotilla.Detection;

namespace Flotilla.Tests.Scenarios;

/// <summary>What happens to instances, and what the fleet makes of it.</summary>
public sealed class InstanceFaultTests
{
    [Fact]
    public void A_crashed_instance_is_started_again() => Fleets.Shop(["a"]).Simulated(async s =>
    {
        var shop = s.App("shop");
        await shop.UntilHealthy();
        await shop.Instance(1).CrashAsync();
        await s.Sees("instance-crashed", "shop-1");
        await s.Sees("instance-started", "shop-1");
        await s.Sees("instance-healthy", "shop-1");
        await shop.UntilHealthy();
        Assert.Equal(2, shop.Instance(1).Now!.Run);
    });

    [Fact]
    public void A_hanging_instance_fails_its_health_check_and_is_replaced() => Fleets.Shop(["a"]).Simulated(async s =>
    {
        var shop = s.App("shop");
        await shop.UntilHealthy();
        await shop.Instance(0).HangAsync();
        await s.Sees("instance-unhealthy", "shop-0", within: 30.Seconds);
        await s.Sees("instance-stopped", "shop-0");
        await s.Sees("instance-healthy", "shop-0");
        Assert.Equal(2, shop.Instance(0).Now!.Run);
        Assert.Equal(1, shop.Instance(1).Now!.Run);
    });

    [Fact]
    public void An_instance_that_hangs_for_a_moment_only_is_kept() => Fleets.Shop(["a"]).Simulated(async s =>
    {
        var shop = s.App("shop");
        await shop.UntilHealthy();
        await shop.Instance(0).HangAsync();
        await s.For(500.Milliseconds);
        await shop.Instance(0).ResumeAsync();
        await s.For(1.Minutes);
        Assert.Equal(1, shop.Instance(0).Now!.Run);
        Assert.Equal(3, shop.Healthy);
    });

    [Fact]
    public void A_slow_instance_is_noticed_and_replaced_by_a_handler()
    {
        var fleet = Fleets.Shop(["a", "b"], model: model => model.Histogram("request_seconds", meanSeconds: 0.02, perSecond: 50), role: web => web
            .Watch(Metrics.Prometheus("shop", "request_seconds_mean"), with: Detectors.Threshold(above: 0.1), raise: "slow", every: 1.Seconds)
            .On<Anomaly>("slow", (anomaly, host) => host.Apps["shop"].RestartAsync(anomaly.Instance)));
        fleet.Simulated(async s =>
        {
            var shop = s.App("shop");
            await shop.UntilHealthy();
            await s.For(10.Seconds);
            await shop.Instance(2).SlowAsync();
            await s.Sees("anomaly", "shop-2 request_seconds_mean");
            await s.Sees("event", "slow");
            await s.Sees("instance-stopped", "shop-2");
            await s.Sees("recovered", "shop-2 request_seconds_mean");
            Assert.Equal([1, 1, 2], shop.Instances.Select(instance => instance.Run));
        });
    }

    [Fact]
    public void An_instance_that_keeps_crashing_waits_ever_longer_and_no_longer_than_said()
    {
        var fleet = Fleets.Shop(["a"], instances: 1, model: model => model.Crashes(after: 1.Seconds),
            app: shop => shop.Restart(new Backoff(1.Seconds, Factor: 2, Max: 8.Seconds, Jitter: 0)));
        var result = fleet.Simulated(s => s.For(2.Minutes));
        var waits = result.Timeline.Where(entry => entry.Kind == "instance-backing-off").Select(entry => entry.Text).ToList();
        Assert.Equal(["starts again in 1 s", "starts again in 2 s", "starts again in 4 s", "starts again in 8 s", "starts again in 8 s"], waits.Take(5));
    }

    [Fact]
    public void A_fault_that_the_app_does_not_have_fails_the_scenario_and_says_how_to_declare_it()
    {
        var failure = Assert.Throws<SimulationFailedException>(() => Fleets.Shop(["a"]).Simulated(async s =>
        {
            await s.App("shop").UntilHealthy();
            await s.App("shop").Instance(0).FaultAsync("slwo");
        }));
        failure.Result.Why.ShouldBe("app \"shop\" has no fault \"slwo\". Did you mean \"slow\"? Declare it: .Fault(\"slwo\", Http.Post(\"/slwo\")).");
    }

    [Fact]
    public void An_instance_that_does_not_run_cannot_be_crashed()
    {
        var failure = Assert.Throws<SimulationFailedException>(() => Fleets.Shop(["a"]).Simulated(s => s.App("shop").Instance(7).CrashAsync()));
        failure.Result.Why.ShouldBe("instance shop-7 does not run now");
    }

    [Fact]
    public void An_app_without_instances_is_healthy_as_it_is() => Fleets.Shop(["a"], instances: 0).Simulated(async s =>
    {
        await s.App("shop").UntilHealthy(within: 1.Seconds);
        Assert.Empty(s.App("shop").Instances);
    });

    [Fact]
    public void An_app_on_every_host_runs_as_often_on_each_and_stays_when_one_is_lost()
    {
        var fleet = Fleets.Shop(["a", "b", "c"], app: shop => shop.OnEveryHost(2));
        fleet.Simulated(async s =>
        {
            var shop = s.App("shop");
            await shop.UntilHealthy();
            Assert.Equal(["a", "a", "b", "b", "c", "c"], shop.Instances.Select(instance => instance.Host));
            await s.Host("b").CrashAsync();
            await s.Sees("member", "b");
            await s.For(1.Minutes);
            Assert.Equal(["shop-0", "shop-1", "shop-4", "shop-5"], shop.Instances.Select(instance => instance.Id.ToString()));
            await s.Host("b").RestartAsync();
            await shop.UntilHealthy(within: 30.Seconds);
        });
    }

    [Fact]
    public void A_watch_on_a_series_that_is_not_there_says_what_could_be_watched()
    {
        var fleet = Fleets.Shop(["a"], model: model => model.Gauge("queue_length", 5), role: web => web
            .Watch(Metrics.Prometheus("shop", "queue_lenght"), with: Detectors.Threshold(above: 10), raise: "long", every: 1.Seconds));
        fleet.Simulated(async s =>
        {
            await s.App("shop").UntilHealthy();
            var told = await s.Sees("watch", "queue_lenght", within: 1.Minutes);
            Assert.Equal("app \"shop\" has given no point of it in 10 scrapes. Did you mean \"queue_length\"?", told.Text);
            await s.For(2.Minutes);
            Assert.Single(s.Timeline.Entries, entry => entry.Kind == "watch");
        });
    }

    [Fact]
    public void A_watch_on_an_app_without_metrics_says_so_once_for_each_instance()
    {
        var fleet = Fleets.Shop(["a"], instances: 2, model: model => model.Respond((_, call) => call.Url.AbsolutePath == "/metrics" ? new Core.Http.HttpReply(404, "") : null),
            role: web => web.Watch(Metrics.Prometheus("shop", "queue"), with: Detectors.Threshold(above: 10), raise: "long", every: 1.Seconds));
        var result = fleet.Simulated(s => s.For(1.Minutes));
        var told = result.Timeline.Where(entry => entry.Kind == "watch").ToList();
        Assert.Equal(["shop-0", "shop-1"], told.Select(entry => entry.Subject));
        Assert.All(told, entry => Assert.EndsWith("/metrics: status 404", entry.Text));
    }
}
