using Flotilla.Apps;

namespace Flotilla.Tests;

/// <summary>Small fleets that several tests use.</summary>
internal static class Fleets
{
    /// <summary>An app with a health check each second, on hosts of the role <c>web</c>.</summary>
    public static Fleet Shop(string[] hosts, int instances = 3, Func<AppModel, AppModel>? model = null, Action<AppBuilder>? app = null, Action<Role>? role = null)
    {
        var fleet = new Fleet("shop");
        foreach (var host in hosts) fleet.Host(host, ["web"]);
        fleet.Role("web", web =>
        {
            web.App("shop", shop =>
            {
                shop.Command("shop").Instances(instances).Port("http").HealthCheck(Http.Get("/healthz"), every: 1.Seconds)
                    .Fault("slow", Http.Post("/slow")).Simulate(model ?? (model => model));
                app?.Invoke(shop);
            });
            role?.Invoke(web);
        });
        return fleet.Scenario("starts", s => s.App("shop").UntilHealthy());
    }
}
