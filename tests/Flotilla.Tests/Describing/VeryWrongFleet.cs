using Flotilla.Core;
using Flotilla.Detection;
using Flotilla.Events;
using Flotilla.Resources;

namespace Flotilla.Tests.Describing;

/// <summary>Everything that can be said wrong, said once. Its problems are a snapshot, and name lines of this file.</summary>
internal static class VeryWrongFleet
{
    public static Fleet Describe()
    {
        var fleet = new Fleet("Shop_1");

        fleet.Host("a", ["web", "blog"]);
        fleet.Host("b", ["web", "wbe"]);
        fleet.Host("a", ["web"]);
        fleet.Host("c", ["web", "web"]);
        fleet.Host("-d", []);

        fleet.Role("web", web =>
        {
            var secret = new FileResource("/etc/of-another-role") { Content = "" };
            web.File("/etc/shop", content: "one");
            web.File("/etc/shop", content: "two");
            web.File("relative", mode: "rw");
            web.App("shop", app => app
                .Command("shop")
                .OnEveryHost(2)
                .Port("http", 80)
                .HealthCheck(Http.Get("/healthz", port: "htp"))
                .Environment("SECRET", secret)
                .RestartOn(secret));
            web.Watch(Metrics.Prometheus("shpo", "queue"), with: Detectors.Threshold(above: 1), raise: "long");
            web.Watch(Metrics.Prometheus("shop", "queue", port: "htpp"), with: Detectors.Threshold(above: 1), raise: " ", every: TimeSpan.Zero);
            web.Watch(Metrics.Prometheus("shop", "queue"), with: Detectors.Threshold(above: 1), raise: "long", policy: new AlertPolicy(Points: 3, OutOf: 2));
        });

        fleet.Role("blog", blog =>
        {
            blog.Add(new FileResource("/etc/first") { Content = "", Declared = SourceLocation.Here() }.Requires(new FileResource("/etc/second")));
            blog.Add(new FileResource("/etc/third") { Content = "", Declared = SourceLocation.Here() }.Requires(new FileResource("/etc/fourth")));
            blog.Add(new FileResource("/etc/fourth") { Content = "", Declared = SourceLocation.Here() }.Requires(new FileResource("/etc/third")));
            blog.App("blog", app => app.Command("blog").Port("http", 80));
            blog.App("batch", app => app.Command("").Instances(-1));
            blog.App("shop", app => app.Command("other").Fault("slow", Http.Post("/slow")));
            blog.Watch(Metrics.Prometheus("batch", "jobs"), with: Detectors.Threshold(above: 1), raise: "jobs");
        });

        fleet.Role("web", _ => { });
        fleet.Role("", _ => { });

        fleet.On<UserEvent>("deploy", role: "wbe", (_, _) => Task.CompletedTask);
        fleet.Scenario("starts", _ => Task.CompletedTask);
        fleet.Scenario("starts", _ => Task.CompletedTask);
        fleet.Scenario("never passes", _ => Task.CompletedTask, timeout: TimeSpan.Zero);
        return fleet;
    }
}
