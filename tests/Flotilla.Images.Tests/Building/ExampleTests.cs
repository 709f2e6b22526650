using System.Text;
using Flotilla.Images.Building;
using Flotilla.Images.Configuration;
using Flotilla.Images.Runtime;
using Flotilla.Images.Runtime.Real;
using Flotilla.Images.Tests.Runtime;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Building;

/// <summary>Builds the images of examples/images: one over the other, each checked by a run of its own.</summary>
public sealed class ExampleTests : IDisposable
{
    private static readonly string[] Order = ["base", "dev-tools", "web", "ledger"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_images_of_the_example_are_built_one_over_the_other_and_run()
    {
        Assert.SkipWhen(SmallRoot.Missing is not null, SmallRoot.Missing ?? "");
        SmallRoot.Shell($"cp -r {Repository.File("examples/images")}/. {_folder.Path}");
        // A real root of a distribution takes longer and proves more: debootstrap --variant=minbase, as a tar.
        if (Environment.GetEnvironmentVariable("FLOTILLA_ROOT_TAR") is { Length: > 0 } given) File.CreateSymbolicLink(_folder.File("root.tar"), given);
        else File.Move(SmallRoot.Write(_folder, "mkdir -p $root/var/cache/apt/archives $root/var/log $root/source; for name in grep chmod printf; do ln -sf busybox $root/bin/$name; done; echo old > $root/var/cache/apt/pkgcache.bin"), _folder.File("root.tar"), overwrite: true);
        using var graph = await ImageGraph.OpenOrCreateAsync(ImageConfiguration.Load(_folder.File("web")).GraphFolder, TimeProvider.System, Token);
        graph.Path.ShouldBe(_folder.File("graph"));
        var runtime = new RuncRuntime(graph, TimeProvider.System);
        using var output = new MemoryStream();
        var streams = new ContainerStreams { Output = output, Error = output };
        foreach (var name in Order)
        {
            var configuration = ImageConfiguration.Load(_folder.File(name));
            var built = await new ImageBuilder(graph, runtime, TimeProvider.System).BuildAsync(configuration, new BuildOptions { Streams = streams }, Token);
            built.ExitCode.ShouldBe(0, Encoding.UTF8.GetString(output.ToArray()));
            (await RunAsync(configuration, "check")).ShouldBe(0, Encoding.UTF8.GetString(output.ToArray()));
        }
        var web = graph.Find("example.com/web/1.0");
        web.Entries().ShouldNotContain(entry => entry.Path == "var/cache/apt/pkgcache.bin");
        output.SetLength(0);
        (await RunAsync(ImageConfiguration.Load(_folder.File("web")), "run")).ShouldBe(0);
        Encoding.UTF8.GetString(output.ToArray()).ShouldBe("Welcome to the shop.\n");
        // Each commit says what it was built from, up to the root that came from a file.
        var lineage = new List<string>();
        for (var image = web; ; image = graph.Load(image.Parents[^1]))
        {
            lineage.Add(image.Name);
            if (image.Parents.Count == 0) break;
        }
        lineage.ShouldBe(["example.com/web/1.0", "example.com/dev-tools/12", "example.com/base/12", "debian.org/bookworm/minbase"]);

        async Task<int> RunAsync(ImageConfiguration configuration, string target)
        {
            var image = graph.Find(configuration.Name!.Value);
            await using var ended = await runtime.RunAsync(image, ContainerSettings.Of(image, configuration.Target(target), terminal: false), streams, Token);
            return ended.ExitCode;
        }
    }
}
