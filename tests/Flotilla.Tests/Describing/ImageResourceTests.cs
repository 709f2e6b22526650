using System.Text;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Resources;
using Flotilla.Tests.Commands;
using Flotilla.Tests.Running;
using Flotilla.Tests.Scenarios;

namespace Flotilla.Tests.Describing;

/// <summary>Images as resources of whole fleets.</summary>
public sealed class ImageResourceTests : CommandsTests, IAsyncDisposable
{
    private static readonly string Commit = new('a', 40);

    private readonly GraphOfImages _images = new();

    public ValueTask DisposeAsync()
    {
        _images.Dispose();
        Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Simulated_hosts_have_the_pinned_version_and_apps_restart_on_another()
    {
        var fleet = _images.Fleet(Commit, (web, image) =>
        {
            web.Directory("/opt");
            var shop = web.Image(image, at: "/opt/shop");
            web.App("shop", app => app.Command("shop").Environment("SHOP", shop).RestartOn(shop));
        });
        fleet.Simulated(async s =>
        {
            await s.App("shop").UntilHealthy();
            var host = s.Host("a").Inside;
            Encoding.UTF8.GetString(host.Files.ReadFile("/opt/.shop.flotilla-image")).ShouldBe($"{GraphOfImages.Shop}@{Commit}\n");
            (await host.ApplyAsync()).Changed.ShouldBe(0);
            host.Files.WriteFile("/opt/.shop.flotilla-image", Encoding.UTF8.GetBytes("example.com/shop/1.0@older\n"), UnixFileMode.UserRead);
            (await host.ApplyAsync()).Changed.ShouldBe(1);
            s.Timeline.Entries.ShouldContain(entry => entry.Kind == "resource" && entry.Subject == "image \"/opt/shop\"" && entry.Text == "changed on a");
            s.Timeline.Entries.ShouldContain(entry => entry.Text.Contains("image \"/opt/shop\" has changed"));
        });
    }

    [Fact]
    public async Task Plan_and_apply_say_which_version()
    {
        var (one, two) = (await _images.ImportAsync(("bin/shop", "one")), await _images.ImportAsync(("bin/shop", "two")));
        Fleet Of(string commit) => _images.Fleet(commit, (web, image) => web.Image(image, at: "/opt/shop", file: _images.Source, line: 5));
        (await RunAsync(Of(one), "plan", "--root", _images.Root)).ShouldBe(ExitCodes.Done);
        Output.ShouldBe($"host a\n  + image \"/opt/shop\"\n      image: {GraphOfImages.Shop}@{one}\nPlan: 1 to create, 0 to update, 0 to delete (0 unchanged).\n");
        (await RunAsync(Of(one), "apply", "--host", "a", "--root", _images.Root)).ShouldBe(ExitCodes.Done);
        (await RunAsync(Of(two), "plan", "--check", "--root", _images.Root)).ShouldBe(ExitCodes.Found);
        Output.ShouldContain($"  ~ image \"/opt/shop\"\n      image: {GraphOfImages.Shop}@{one} -> {GraphOfImages.Shop}@{two}\n");
        (await RunAsync(Of(two), "apply", "--host", "a", "--root", _images.Root)).ShouldBe(ExitCodes.Done);
        File.ReadAllText(_images.At("/opt/shop/bin/shop")).ShouldBe("two");
        (await RunAsync(Of(Commit), "plan", "--root", _images.Root)).ShouldBe(ExitCodes.Failed);
        Error.ShouldContain("flotilla lock");
    }

    [Fact]
    public void What_is_said_wrong_is_refused_with_its_place()
    {
        var fleet = _images.Fleet(Commit, (web, image) =>
        {
            web.Image(image, at: "opt/shop", file: _images.Source, line: 5);
            web.Image(image, at: "/", file: _images.Source, line: 6);
            web.Image(image, at: "/srv/" + new string('s', 240), file: _images.Source, line: 7);
            web.Image(image, at: "/opt/blog", graph: "", file: _images.Source, line: 8);
            web.Image(image, at: "/opt/x", file: _images.Source, line: 9);
            web.Directory("/opt/x", file: _images.Source, line: 10);
            web.File("/opt/x/etc/config", content: "", file: _images.Source, line: 11);
            web.File("/opt/xy", content: "", file: _images.Source, line: 12);
        });
        string.Join('\n', Should.Throw<ProblemException>(fleet.Build).Problems).ShouldBe(
            $"""
            fleet.cs(5): Image "opt/shop" has a relative path. Write it from the root, as "/opt/shop".
            fleet.cs(6): Image "/" is the root directory. Name a folder below it, as "/opt/shop".
            fleet.cs(7): Image "/srv/{new string('s', 240)}" has a folder name of 240 bytes; 239 is the most, for names beside it are longer. Shorten it.
            fleet.cs(8): Image "/opt/blog" has an empty path of its graph. Name the folder of the graph, or leave it out.
            fleet.cs(10): Directory "/opt/x" and image "/opt/x" (fleet.cs(9)) both manage path /opt/x. Take one of them away.
            fleet.cs(11): file "/opt/x/etc/config" lies in the folder of image "/opt/x" (fleet.cs(9)), which is the image's alone. Choose a place outside of it.
            """);
    }

    [Fact]
    public void One_that_is_not_pinned_is_told_once()
    {
        var fleet = new Fleet("shop", _images.Source, 1);
        var image = fleet.Image("example.com/other", _images.Source, 2);
        fleet.Role("web", web => web.Image(image, at: "/opt/shop", file: _images.Source, line: 4), _images.Source, 3);
        Should.Throw<ProblemException>(fleet.Build).Problems.ShouldHaveSingleItem().ToString().ShouldBe(
            "fleet.cs(2): Image \"example.com/other\" is not pinned in images.lock. Run \"flotilla lock\" to pin its newest version.");
    }

    [Fact]
    public void It_stands_in_relations_like_any_other()
    {
        var built = _images.Fleet(Commit, (web, image) =>
        {
            var config = web.File("/etc/shop", content: "");
            var shop = web.Image(image, at: "/opt/shop");
            web.Before(shop, config);
        }).Build();
        Catalog.Build(built.Roles[0].Resources).InOrder.Select(resource => resource.Id.ToString()).ShouldBe(["image \"/opt/shop\"", "file \"/etc/shop\""]);
        Should.Throw<ArgumentNullException>(() => RoleImages.Image(null!, new FleetImage("a", null, default), "/a"));
    }
}
