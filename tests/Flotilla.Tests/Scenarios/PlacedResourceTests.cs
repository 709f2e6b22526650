using System.Text;
using Flotilla.Core.Machines;
using Flotilla.Resources;

namespace Flotilla.Tests.Scenarios;

/// <summary>Resources and apps of whole fleets: what a host looks like once it is up.</summary>
public sealed class PlacedResourceTests
{
    [Fact]
    public void Each_host_has_the_resources_of_its_roles_and_no_others()
    {
        var fleet = new Fleet("shop").Host("a", ["web"]).Host("b", ["web", "db"])
            .Role("web", web => web.File("/etc/web", content: "web\n", mode: "0640"))
            .Role("db", db => db.Directory("/var/db", mode: "0700"));
        fleet.Simulated(s =>
        {
            var (a, b) = (s.Host("a").Inside.Files, s.Host("b").Inside.Files);
            Assert.Equal("web\n", Encoding.UTF8.GetString(a.ReadFile("/etc/web")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, a.Stat("/etc/web")!.Mode);
            Assert.Null(a.Stat("/var/db"));
            Assert.Equal(FileKind.Directory, b.Stat("/var/db")!.Kind);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void A_resource_that_cannot_be_made_is_told_and_the_rest_goes_on()
    {
        var fleet = Fleets.Shop(["a"], instances: 1, role: web =>
        {
            web.File("/none/file", content: "");
            web.File("/etc/right", content: "");
        });
        fleet.Simulated(async s =>
        {
            await s.App("shop").UntilHealthy();
            Assert.Contains(s.Timeline.Entries, entry => entry.Kind == "resource" && entry.Subject == "file \"/none/file\"" && entry.Text.StartsWith("failed on a: ", StringComparison.Ordinal));
            Assert.NotNull(s.Host("a").Inside.Files.Stat("/etc/right"));
        });
    }

    [Fact]
    public void An_app_gets_the_place_of_a_file_in_its_environment()
    {
        // A model cannot see its environment, so the description is looked at.
        var built = new Fleet("shop").Role("web", web =>
        {
            var config = web.File("/etc/shop", content: "");
            web.App("shop", app => app.Command("shop").Environment("RATE", "20").Environment("CONFIG", config));
        }).Build();
        var app = built.Roles[0].Apps[0];
        app.App.Environment.ShouldBe([new("RATE", "20")]);
        app.Files.ShouldBe([new("CONFIG", new ResourceId("file", "/etc/shop"))]);
    }
}
