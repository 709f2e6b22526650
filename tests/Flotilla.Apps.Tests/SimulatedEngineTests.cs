using System.Globalization;
using Flotilla.Apps.Engines.Simulated;
using Flotilla.Core.Http;
using Flotilla.Core.Http.Simulated;
using Flotilla.Core.Simulated;
using Flotilla.Testing;

namespace Flotilla.Apps.Tests;

public sealed class SimulatedEngineTests : EngineContract
{
    internal override void Play(Func<IEngine, TimeProvider, Task> test)
    {
        var world = new SimulatedWorld(1);
        var network = new SimulatedNetwork(world);
        var engine = new SimulatedEngine("web-1", network, new SimulatedHttp(network));
        world.Run(() => test(engine, world.Clock));
    }

    internal override AppDescription Behaves(Behaviour behaviour)
    {
        var app = new AppDescription { Name = "shop" };
        return behaviour switch
        {
            Behaviour.Serves => app with { Ports = [new PortDescription("http")], Health = new HttpHealthCheck("/healthz") },
            Behaviour.Talks => app with { Model = AppModel.Default.Logs("one", "two") },
            Behaviour.Exits => app with { Model = AppModel.Default.ExitsAtStart(3) },
            Behaviour.IsDeaf => app with { Model = AppModel.Default.Logs("deaf").IgnoresStop() },
            _ => throw new ArgumentOutOfRangeException(nameof(behaviour)),
        };
    }

    private static SupervisedApp Shop(AppModel model, params FaultSwitch[] faults) => new(new AppDescription
    {
        Name = "shop",
        Ports = [new PortDescription("http")],
        Health = new HttpHealthCheck("/healthz"),
        Model = model,
        Faults = faults,
    });

    private static async Task<string> ScrapeAsync(SupervisedApp shop) =>
        (await shop.Http.From("web-1").GetAsync(new Uri(shop.Live(0).Endpoints["http"], "/metrics"), None)).Body;

    private static Task<HttpReply> CallAsync(SupervisedApp shop, string method, string path) =>
        shop.Http.From("web-1").SendAsync(new HttpCall(method, new Uri(shop.Live(0).Endpoints["http"], path)), None);

    private static double Value(string metrics, string name) =>
        double.Parse(metrics.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..], CultureInfo.InvariantCulture);

    [Fact]
    public void Metrics_are_prometheus_text()
    {
        var shop = Shop(AppModel.Default.Gauge("queue_length", 12).Counter("requests_total", 5).Histogram("request_seconds", 0.02, perSecond: 100));
        var text = shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            await shop.PassAsync(60);
            return await ScrapeAsync(shop);
        });
        Snapshot.Matches(text, "metrics");
    }

    [Fact]
    public void The_mean_of_a_histogram_is_as_modelled_and_twenty_times_as_much_when_slow()
    {
        var shop = Shop(AppModel.Default.Histogram("request_seconds", 0.02, noise: 0.05, perSecond: 50));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            var means = new List<double>();
            var before = await ScrapeAsync(shop);
            foreach (var slow in (bool[])[false, true])
            {
                if (slow) shop.Engine.Fault(shop.Id(0), "slow").ShouldBeTrue();
                for (var i = 0; i < 100; i++)
                {
                    await shop.PassAsync(10);
                    var now = await ScrapeAsync(shop);
                    means.Add((Value(now, "request_seconds_sum") - Value(before, "request_seconds_sum"))
                        / (Value(now, "request_seconds_count") - Value(before, "request_seconds_count")));
                    before = now;
                }
            }
            means.Take(100).Average().ShouldBe(0.02, 0.0005);
            means.Skip(100).Average().ShouldBe(0.4, 0.01);
        });
    }

    [Fact]
    public void Gauges_and_counters_can_be_set_and_scaled()
    {
        var shop = Shop(AppModel.Default.Gauge("load", 2, noise: 0).Counter("hits_total", 10, noise: 0));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            var live = shop.Live(0);
            Value(await ScrapeAsync(shop), "load").ShouldBe(2);
            live.Set("load", 7.5);
            Value(await ScrapeAsync(shop), "load").ShouldBe(7.5);
            live.Scale("hits_total", 0);
            var before = Value(await ScrapeAsync(shop), "hits_total");
            await shop.PassAsync(100);
            Value(await ScrapeAsync(shop), "hits_total").ShouldBe(before);
            Should.Throw<ArgumentException>(() => live.Set("loda", 1)).Message.ShouldContain("Did you mean \"load\"?");
            live.Scale("hits_total", 1);
            live.Set("hits_total", 2);
            await shop.PassAsync(100);
            Value(await ScrapeAsync(shop), "hits_total").ShouldBe(before + 200, 1);
        });
    }

    [Fact]
    public void Requests_reach_reactions_faults_and_the_responder()
    {
        var shop = Shop(
            AppModel.Default
                .On("POST", "/leak", instance => instance.Log("leaking"))
                .OnFault("hang", instance => instance.Hang())
                .Respond((_, call) => call.Url.AbsolutePath == "/tea" ? new HttpReply(418, "short and stout") : null),
            new FaultSwitch("slow", new HttpCallTemplate("POST", "/slow?milliseconds=300")));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            (await CallAsync(shop, "POST", "/leak")).Status.ShouldBe(200);
            shop.Output.ShouldHaveSingleItem().Text.ShouldBe("leaking");
            (await CallAsync(shop, "GET", "/tea")).Status.ShouldBe(418);
            (await CallAsync(shop, "GET", "/leak")).Status.ShouldBe(404);
            (await CallAsync(shop, "GET", "/")).Body.ShouldBe("shop-0\n");
            (await CallAsync(shop, "POST", "/slow?milliseconds=900")).Status.ShouldBe(200);
            var before = shop.World.Elapsed;
            await CallAsync(shop, "GET", "/");
            (shop.World.Elapsed - before).ShouldBe(TimeSpan.FromMilliseconds(20));
            shop.Engine.Fault(shop.Id(0), "explode").ShouldBeFalse();
            shop.Engine.Fault(shop.Id(0), "hang").ShouldBeTrue();
            await Assert.ThrowsAsync<HttpCallException>(() => CallAsync(shop, "GET", "/"));
        });
    }

    [Fact]
    public void A_request_to_an_instance_that_ends_is_reset()
    {
        var shop = Shop(AppModel.Default.On("POST", "/crash", instance => instance.Crash(7)));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            (await Assert.ThrowsAsync<HttpCallException>(() => CallAsync(shop, "POST", "/crash"))).Message.ShouldEndWith("Connection reset by peer");
            await shop.Supervisor.WaitForAsync(all => all[0].Run == 2, None);
        });
        shop.Of(InstanceChangeKind.Crashed).ShouldHaveSingleItem().Text.ShouldStartWith("exit code 7");
    }

    [Fact]
    public void On_a_failed_host_everything_is_gone_and_nothing_exits()
    {
        var shop = Shop(AppModel.Default);
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            var live = shop.Live(0);
            shop.Engine.FailHost();
            await shop.PassAsync(1);
            live.Exited.IsCompleted.ShouldBeFalse();
            shop.Engine.Instances.ShouldBeEmpty();
            shop.Http.IsTaken("web-1", live.Endpoints["http"].Port).ShouldBeFalse();
            shop.Supervisor.Abandon();
        });
    }

    [Fact]
    public void A_port_that_a_stranger_takes_before_it_listens_ends_the_instance()
    {
        var shop = Shop(AppModel.Default);
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            using var stranger = shop.Http.Listen("web-1", shop.Live(0).Endpoints["http"].Port, (_, _) => throw new NotSupportedException());
            await shop.Supervisor.WaitForAsync(all => all[0].Run == 2 && all[0].IsUp, None);
        });
        shop.Of(InstanceChangeKind.Crashed).ShouldHaveSingleItem().Text.ShouldEndWith("address already in use");
    }

    [Fact]
    public void What_makes_no_sense_in_a_model_is_refused()
    {
        Should.Throw<ArgumentException>(() => AppModel.Default.Gauge("queue length", 1)).Message.ShouldContain("is not the name of a metric");
        Should.Throw<ArgumentException>(() => AppModel.Default.Gauge("load", 1).Counter("load", 1)).Message.ShouldContain("already");
        Should.Throw<ArgumentOutOfRangeException>(() => AppModel.Default.Counter("hits_total", -1));
        Should.Throw<ArgumentOutOfRangeException>(() => AppModel.Default.StartsWithin(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)));
    }
}
