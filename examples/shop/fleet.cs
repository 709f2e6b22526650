#:project ../../src/Flotilla/Flotilla.csproj
#:project service/Shop.csproj
#:project load/Load.csproj
using Flotilla;
using Flotilla.Detection;

var fleet = new Fleet("shop");

fleet.Host("web-1", ["web"]);
fleet.Host("web-2", ["web"]);
fleet.Host("client", ["client"]);

fleet.Role("web", web =>
{
    web.Directory("/etc/shop", mode: "0755");
    var config = web.File("/etc/shop/shop.json", mode: "0644", content: """
        { "name": "The corner shop", "products": ["bread", "milk", "tea"] }
        """);

    web.App("shop", app => app
        .Command("dotnet", "Shop.dll")
        .Instances(3)
        .Port("http")
        .Environment("SHOP_CONFIG", config)
        .RestartOn(config)
        .HealthCheck(Http.Get("/healthz"), every: 1.Seconds)
        .Fault("slow", Http.Post("/slow?milliseconds=400"))
        .Fault("errors", Http.Post("/fail"))
        .Simulate(model => model
            .Histogram("http_request_seconds", meanSeconds: 0.02, perSecond: 20)
            .Counter("http_errors_total", perSecond: 0)
            .OnFault("errors", instance => instance.Set("http_errors_total", 20))));

    web.Watch(Metrics.Prometheus("shop", "http_request_seconds_mean"),
        with: Detectors.MedianAbsoluteDeviation(limit: 10), raise: "slow",
        every: 250.Milliseconds, policy: new AlertPolicy(Points: 3, OutOf: 4, Silence: 20.Seconds));

    web.Watch(Metrics.Prometheus("shop", "http_errors_per_second"),
        with: Detectors.Threshold(above: 1), raise: "errors",
        every: 250.Milliseconds, policy: new AlertPolicy(Points: 2, OutOf: 4, Silence: 20.Seconds));

    web.On<Anomaly>("slow", async (anomaly, host) => await host.Apps["shop"].RestartAsync(anomaly.Instance));
    web.On<Anomaly>("errors", async (anomaly, host) => await host.Apps["shop"].RestartAsync(anomaly.Instance));
});

fleet.Role("client", client => client
    .App("load", app => app
        .Command("dotnet", "Load.dll")
        .Environment("RATE", "20")));

fleet.Scenario("slow-instance-is-replaced", s => FaultIsRepaired(s, fault: "slow", raised: "slow"));
fleet.Scenario("failing-instance-is-replaced", s => FaultIsRepaired(s, fault: "errors", raised: "errors"));

return await fleet.RunAsync(args);

static async Task FaultIsRepaired(Scenario s, string fault, string raised)
{
    var shop = s.App("shop");
    await shop.UntilHealthy();
    await s.For(8.Seconds); // the detectors learn what is normal

    var victim = shop.Instance(0);
    await victim.FaultAsync(fault);
    await s.Sees("anomaly", victim.Name);
    await s.Sees("event", raised);
    await s.Sees("handler");
    await s.Sees("instance-stopped", victim.Name);
    await s.Sees("instance-healthy", victim.Name);
    await s.Sees("recovered", victim.Name);
}
