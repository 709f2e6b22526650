using System.Text;
using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;
using Flotilla.Core.Machines.Simulated;
using Flotilla.Resources;
using Flotilla.Running;
using Flotilla.Running.Real;
using Flotilla.Running.Simulated;

namespace Flotilla.Tests.Running;

/// <summary>What holds for folders of images on every machine.</summary>
public abstract class ImageFolderContract : IAsyncLifetime
{
    private const string Note = "/opt/.shop.flotilla-image";

    private protected GraphOfImages Images { get; } = new();

    private protected string One { get; private set; } = "";

    private protected string Two { get; private set; } = "";

    protected abstract IMachine Machine { get; }

    private protected abstract IImageFolders Folders { get; }

    public async ValueTask InitializeAsync()
    {
        One = await Images.ImportAsync(("bin/shop", "one"), ("etc/only-in-one", "1"));
        Two = await Images.ImportAsync(("bin/shop", "two"));
    }

    public ValueTask DisposeAsync()
    {
        Images.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected ImageResource Shop(string commit, bool absent = false) =>
        new(Images.Pinned(commit), "/opt/shop") { Declared = new SourceLocation(Images.Source, 5), IsAbsent = absent };

    private protected Task<Plan> PlanAsync(params Resource[] resources) =>
        new Planner(Providers(ImageProvider.OfMachines)).PlanAsync(Catalog.Build(resources), Machine, TestContext.Current.CancellationToken);

    private protected Task<ApplyReport> ApplyAsync(params Resource[] resources) => ApplyAsync(ImageProvider.OfMachines, resources);

    private protected Task<ApplyReport> ApplyAsync(IResourceProvider provider, params Resource[] resources) =>
        new Applier(Providers(provider), TimeProvider.System).ApplyAsync(Catalog.Build(resources), Machine, null, TestContext.Current.CancellationToken);

    private static ResourceProviders Providers(IResourceProvider provider) => ResourceProviders.BuiltIn.With(provider);

    private string Noted => Encoding.UTF8.GetString(Machine.ReadFile(Note));

    private protected virtual void Holds(string commit) => Machine.Stat("/opt/shop")!.Kind.ShouldBe(FileKind.Directory);

    [Fact]
    public async Task An_image_is_planned_laid_down_and_then_there()
    {
        var planned = (await PlanAsync(Shop(One))).Changes.ShouldHaveSingleItem();
        planned.Action.ShouldBe(ChangeAction.Create);
        planned.Properties.ShouldBe([new PropertyChange("image", null, $"{GraphOfImages.Shop}@{One}", null, false)]);
        Machine.List("/opt").ShouldBeEmpty();

        (await ApplyAsync(Shop(One))).ShouldSatisfyAllConditions(report => report.Succeeded.ShouldBeTrue(report.Results[0].Error), report => report.Changed.ShouldBe(1));
        Holds(One);
        Noted.ShouldBe($"{GraphOfImages.Shop}@{One}\n");
        Machine.List("/opt").ShouldBe([".shop.flotilla-image", "shop"]);
        (await PlanAsync(Shop(One))).ShouldSatisfyAllConditions(plan => plan.IsEmpty.ShouldBeTrue(), plan => plan.Unchanged.ShouldBe(1));
        (await ApplyAsync(Shop(One))).Unchanged.ShouldBe(1);
    }

    [Fact]
    public async Task Another_pin_replaces_the_folder_and_back()
    {
        await ApplyAsync(Shop(One));
        var planned = (await PlanAsync(Shop(Two))).Changes.ShouldHaveSingleItem();
        planned.Action.ShouldBe(ChangeAction.Update);
        planned.Properties.ShouldBe([new PropertyChange("image", $"{GraphOfImages.Shop}@{One}", $"{GraphOfImages.Shop}@{Two}", null, false)]);
        foreach (var commit in new[] { Two, One })
        {
            (await ApplyAsync(Shop(commit))).Changed.ShouldBe(1);
            Holds(commit);
            Machine.List("/opt").ShouldBe([".shop.flotilla-image", "shop"]);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Stopped_in_between_the_next_apply_goes_through(bool hadOne, bool afterwards)
    {
        if (hadOne) await ApplyAsync(Shop(One));
        var stopped = new ImageProvider(_ => new Stopped(Folders, afterwards));
        (await ApplyAsync(stopped, Shop(Two))).Results[0].Error.ShouldNotBeNull().ShouldContain("stopped");
        Noted.ShouldBe($"{GraphOfImages.Shop}@{Two} (unfinished)\n");

        // Whatever is pinned by then, the old version too.
        foreach (var commit in new[] { Two, One })
        {
            (await PlanAsync(Shop(commit))).Changes.ShouldHaveSingleItem();
            (await ApplyAsync(Shop(commit))).Succeeded.ShouldBeTrue();
            Holds(commit);
            (await PlanAsync(Shop(commit))).IsEmpty.ShouldBeTrue();
            await ApplyAsync(stopped, Shop(commit == Two ? One : Two));
        }
    }

    [Fact]
    public async Task A_folder_that_went_is_laid_down_again()
    {
        await ApplyAsync(Shop(One));
        await Folders.RemoveAsync(Shop(One), Machine, TestContext.Current.CancellationToken);
        (await PlanAsync(Shop(One))).Changes.ShouldHaveSingleItem().Action.ShouldBe(ChangeAction.Create);
        (await ApplyAsync(Shop(One))).Changed.ShouldBe(1);
        Holds(One);
    }

    [Fact]
    public async Task An_image_declared_absent_goes_with_what_says_its_version()
    {
        (await PlanAsync(Shop(One, absent: true))).IsEmpty.ShouldBeTrue();
        await ApplyAsync(Shop(One));
        (await PlanAsync(Shop(One, absent: true))).Changes.ShouldHaveSingleItem().Action.ShouldBe(ChangeAction.Delete);
        (await ApplyAsync(Shop(One, absent: true))).Changed.ShouldBe(1);
        Machine.List("/opt").ShouldBeEmpty();
        (await ApplyAsync(Shop(One, absent: true))).Unchanged.ShouldBe(1);
    }

    [Fact]
    public async Task Its_directory_comes_first_and_is_asked_for_when_it_is_missing()
    {
        var deep = new ImageResource(Images.Pinned(One), "/srv/apps/shop") { Declared = new SourceLocation(Images.Source, 5) };
        (await ApplyAsync(deep)).Results[0].Error.ShouldBe(
            "fleet.cs(5): Image \"/srv/apps/shop\" cannot be laid down: directory /srv/apps does not exist. Declare Directory(\"/srv/apps\").");
        var report = await ApplyAsync(deep, new DirectoryResource("/srv/apps"), new DirectoryResource("/srv"));
        report.Results.Select(result => result.Id.Name).ShouldBe(["/srv", "/srv/apps", "/srv/apps/shop"]);
        report.Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_in_its_place_is_refused()
    {
        Machine.WriteFile("/opt/shop", "mine"u8, UnixFileMode.UserRead);
        (await PlanAsync(Shop(One))).Problems.ShouldHaveSingleItem().ToString().ShouldBe(
            "fleet.cs(5): Image \"/opt/shop\" cannot be managed: something that is no folder is there. Move it away, or choose another path.");
    }

    [Fact]
    public async Task An_image_that_is_not_pinned_is_refused()
    {
        var loose = new ImageResource(new FleetImage("shop", null, default), "/opt/shop") { Declared = new SourceLocation(Images.Source, 5) };
        (await PlanAsync(loose)).Problems.ShouldHaveSingleItem().ToString().ShouldBe(
            "fleet.cs(5): Image \"/opt/shop\" cannot be laid down: shop is not pinned in images.lock. Name it with fleet.Image and run \"flotilla lock\" to pin its newest version.");
    }

    private sealed class Stopped(IImageFolders folders, bool afterwards) : IImageFolders
    {
        public void Check(ImageResource resource, bool isOurs, IMachine machine) => folders.Check(resource, isOurs, machine);

        public async Task ReplaceAsync(ImageResource resource, IMachine machine, CancellationToken cancellationToken)
        {
            if (afterwards) await folders.ReplaceAsync(resource, machine, cancellationToken);
            throw new IOException("stopped");
        }

        public Task RemoveAsync(ImageResource resource, IMachine machine, CancellationToken cancellationToken) => throw new IOException("stopped");
    }
}

/// <summary>On a directory that stands for a host, from a graph that is real.</summary>
public sealed class GraphImageFolderTests : ImageFolderContract
{
    protected override IMachine Machine => new LocalMachine("a", Images.Root);

    private protected override IImageFolders Folders => new GraphImageFolders();

    private protected override void Holds(string commit)
    {
        File.ReadAllText(Images.At("/opt/shop/bin/shop")).ShouldBe(commit == One ? "one" : "two");
        File.Exists(Images.At("/opt/shop/etc/only-in-one")).ShouldBe(commit == One);
        Machine.Stat("/opt/shop")!.Mode.ShouldBe((UnixFileMode)0b111_101_101);
        Machine.Stat("/opt/shop/bin/shop")!.Mode.ShouldBe((UnixFileMode)0b110_100_000);
    }

    [Fact]
    public async Task What_a_crash_left_beside_the_folder_goes_with_the_next_apply()
    {
        await ApplyAsync(Shop(One));
        foreach (var left in new[] { ".shop.flotilla-new", ".shop.flotilla-old" })
        {
            Directory.CreateDirectory(Images.At($"/opt/{left}/bin"));
            await File.WriteAllTextAsync(Images.At($"/opt/{left}/bin/half"), "", TestContext.Current.CancellationToken);
        }
        (await ApplyAsync(Shop(Two))).Succeeded.ShouldBeTrue();
        Holds(Two);
        Machine.List("/opt").ShouldBe([".shop.flotilla-image", "shop"]);
    }

    [Fact]
    public async Task Who_has_the_old_folder_open_keeps_what_was_in_it()
    {
        await ApplyAsync(Shop(One));
        using var open = File.OpenText(Images.At("/opt/shop/bin/shop"));
        await ApplyAsync(Shop(Two));
        (await open.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe("one");
    }

    [Fact]
    public async Task A_folder_that_is_somebody_elses_is_refused_and_left()
    {
        Directory.CreateDirectory(Images.At("/opt/shop"));
        (await PlanAsync(Shop(One))).Changes.ShouldHaveSingleItem();
        await File.WriteAllTextAsync(Images.At("/opt/shop/mine"), "", TestContext.Current.CancellationToken);
        foreach (var absent in new[] { false, true })
        {
            const string message = "fleet.cs(5): Image \"/opt/shop\" cannot be laid down: a folder is there that no image was laid into. It has mine. Move it away, or choose another path.";
            (await PlanAsync(Shop(One, absent))).Problems.ShouldHaveSingleItem().ToString().ShouldBe(message);
            (await ApplyAsync(Shop(One, absent))).Results[0].Error.ShouldBe(message);
        }
        Machine.List("/opt/shop").ShouldBe(["mine"]);
        Machine.List("/opt").ShouldBe(["shop"]);
    }

    [Fact]
    public async Task A_link_is_refused_and_one_on_the_way_stays_inside_the_root()
    {
        File.CreateSymbolicLink(Images.At("/opt/shop"), "/elsewhere");
        (await PlanAsync(Shop(One))).Problems.ShouldHaveSingleItem().What.ShouldBe("Image \"/opt/shop\" cannot be managed: a link to /elsewhere is there, and links are not followed.");
        File.CreateSymbolicLink(Images.At("/apps"), "/opt");
        (await ApplyAsync(Shop(One) with { Declared = new SourceLocation(Images.Source, 5) }, new ImageResource(Images.Pinned(One), "/apps/blog") { Declared = new SourceLocation(Images.Source, 6) }))
            .Results[1].Error.ShouldBeNull();
        File.ReadAllText(Images.At("/opt/blog/bin/shop")).ShouldBe("one");
    }

    [Fact]
    public async Task A_version_that_the_graph_does_not_have_is_a_problem_of_the_plan()
    {
        var gone = new string('0', 40);
        (await PlanAsync(Shop(gone))).Problems.ShouldHaveSingleItem().ToString().ShouldBe(
            $"fleet.cs(5): Image \"/opt/shop\" cannot be laid down: the graph {Images.Graph} does not have {GraphOfImages.Shop}@{gone}. images.lock pins that version. "
            + $"Bring it there with \"flotilla image pull REMOTE --graph {Images.Graph}\", or pin the newest one that is there with \"flotilla lock\".");
    }

    [Fact]
    public async Task A_graph_that_is_not_there_is_a_problem_of_the_plan_and_not_needed_for_what_is_laid_down()
    {
        (await PlanAsync(Shop(One) with { Graph = "none" })).Problems.ShouldHaveSingleItem().ToString().ShouldBe(
            $"fleet.cs(5): Image \"/opt/shop\" cannot be laid down: there is no graph of images in {Images.Path}/none. "
            + $"Bring it there with \"flotilla image pull REMOTE --graph {Images.Path}/none\", or name another with graph: \"DIR\".");
        (await ApplyAsync(Shop(One) with { Graph = "graph" })).Succeeded.ShouldBeTrue();
        (await PlanAsync(Shop(One) with { Graph = "none" })).ShouldSatisfyAllConditions(plan => plan.IsEmpty.ShouldBeTrue(), plan => plan.Problems.ShouldBeEmpty());
    }
}

/// <summary>In memory, where no graph is asked.</summary>
public sealed class SimulatedImageFolderTests : ImageFolderContract
{
    private readonly MemoryMachine _machine = new("a");

    public SimulatedImageFolderTests() => _machine.CreateDirectory("/opt", (UnixFileMode)0b111_101_101);

    protected override IMachine Machine => _machine;

    private protected override IImageFolders Folders => new SimulatedImageFolders();

    [Fact]
    public async Task Files_that_were_there_before_stand_for_the_images()
    {
        _machine.CreateDirectory("/opt/shop", (UnixFileMode)0b111_101_101);
        _machine.WriteFile("/opt/shop/price", "3.20"u8, (UnixFileMode)0b110_100_100);
        (await ApplyAsync(Shop(One))).Changed.ShouldBe(1);
        (await ApplyAsync(Shop(Two))).Changed.ShouldBe(1);
        Encoding.UTF8.GetString(_machine.ReadFile("/opt/shop/price")).ShouldBe("3.20");
    }
}
