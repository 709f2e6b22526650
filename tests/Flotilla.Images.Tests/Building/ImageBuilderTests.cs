using System.Text;
using System.Text.Json;
using Flotilla.Core;
using Flotilla.Images.Building;
using Flotilla.Images.Configuration;
using Flotilla.Images.Runtime;
using Flotilla.Images.Runtime.Real;
using Flotilla.Images.Tests.Runtime;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Building;

public sealed class ImageBuilderTests : IAsyncLifetime
{
    private const string Middle = """
        image: { name: shop/base, upstream: small, source: 'tar:root.tar' }
        settings:
          network: none
          mounts: [[$image, /image, ro]]
        targets:
          build: { command: [/bin/sh, /image/build.sh] }
        """;

    private readonly TemporaryFolder _folder = new();
    private ImageGraph _graph = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (SmallRoot.Missing is not null) return;
        _graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, Token);
        SmallRoot.Write(_folder, "mkdir -p $root/old/below; echo 1 > $root/old/below/x; echo 2 > $root/etc/two");
        _folder.Write("image.yaml", Middle);
    }

    public ValueTask DisposeAsync()
    {
        _graph?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<BuiltImage> BuildAsync(string script, BuildOptions? options = null, string folder = "")
    {
        _folder.Write(Path.Combine(folder, "build.sh"), "set -e\n" + script);
        return new ImageBuilder(_graph, new RuncRuntime(_graph, TimeProvider.System), TimeProvider.System)
            .BuildAsync(ImageConfiguration.Load(_folder.File(folder)), options ?? new BuildOptions(), Token);
    }

    private GraphImage Image(BuiltImage built) => _graph.Load(built.Image!.Commit);

    private static void Skip() => Assert.SkipWhen(SmallRoot.Missing is not null, SmallRoot.Missing ?? "");

    [Fact]
    public async Task A_build_lays_what_it_changed_over_its_upstream_and_names_where_it_came_from()
    {
        Skip();
        var built = await BuildAsync("""
            echo hello > /etc/shop.conf
            rm /etc/two
            rm -r /old; mkdir /old; echo new > /old/y
            chmod 4711 /bin/busybox
            chown 1000:44 /etc/passwd
            ln /etc/shop.conf /etc/other
            ln -s /etc/shop.conf /etc/link
            mknod /etc/zero c 1 5
            """);
        var upstream = built.Upstream;
        upstream.Name.ShouldBe("small");
        var image = Image(built);
        image.Parents.ShouldBe([upstream.Commit]);
        image.Layers.Count.ShouldBe(2);
        image.Layers[0].DiffId.ShouldBe(upstream.Layers[0].DiffId);
        image.Subject.ShouldBe("shop/base built from small");
        var trailers = image.Trailers.ToLookup(each => each.Key, each => each.Value);
        trailers["Upstream"].ShouldBe([$"small {upstream.Commit}"]);
        trailers["Target"].ShouldBe(["build"]);
        trailers["Config-Sha256"].ShouldHaveSingleItem().Length.ShouldBe(64);
        trailers["Built-By"].ShouldHaveSingleItem().ShouldStartWith("flotilla ");
        var diff = _graph.Diff(upstream, image);
        Snapshot.Matches(
            $"""
            added {string.Join(' ', diff.Added)}
            removed {string.Join(' ', diff.Removed)}
            {string.Join('\n', diff.Changed.Select(each => $"changed {each.Path} content {each.Content}: {string.Join(' ', each.Metadata.Where(name => name != "mtime"))}"))}
            """, "changes");
        using var config = JsonDocument.Parse(image.Config);
        config.RootElement.GetProperty("rootfs").GetProperty("diff_ids").GetArrayLength().ShouldBe(2);
        (await _graph.VerifyAsync(image, Token)).Problems.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(_folder.File("graph/flotilla-runtime/containers")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failing_build_commits_nothing_and_tells_the_code()
    {
        Skip();
        using var output = new MemoryStream();
        var built = await BuildAsync("echo to the log; touch /etc/half; exit 23", new BuildOptions { Streams = new ContainerStreams { Output = output } });
        (built.Image, built.ExitCode).ShouldBe((null, 23));
        Encoding.UTF8.GetString(output.ToArray()).ShouldBe("to the log\n");
        _graph.Lineages().Select(each => each.Name.ToString()).ShouldBe(["small"]);
        Directory.EnumerateFileSystemEntries(_folder.File("graph/flotilla-runtime/containers")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Builds_of_one_thing_with_epoch_are_one_image()
    {
        Skip();
        var first = await BuildAsync("echo x > /etc/x; mkdir /a; touch /a/b", new BuildOptions { Epoch = true });
        var second = await BuildAsync("echo x > /etc/x; mkdir /a; touch /a/b", new BuildOptions { Epoch = true });
        second.Image!.IsNew.ShouldBeFalse();
        second.Image.Commit.ShouldBe(first.Image!.Commit);
    }

    [Fact]
    public async Task Noop_commits_the_upstream_under_the_name_and_runs_nothing()
    {
        Skip();
        var built = await BuildAsync("exit 1", new BuildOptions { Noop = true });
        Image(built).ImageId.ShouldBe(built.Upstream.ImageId);
        Image(built).Parents.ShouldBe([built.Upstream.Commit]);
        Directory.Exists(_folder.File("graph/flotilla-runtime")).ShouldBeFalse();
    }

    [Fact]
    public async Task Flatten_makes_one_layer_with_the_same_files()
    {
        Skip();
        const string script = "echo x > /etc/x; rm -r /old; chmod 700 /home/shop";
        var layered = Image(await BuildAsync(script, new BuildOptions { Epoch = true }));
        var flat = Image(await BuildAsync(script, new BuildOptions { Epoch = true, Flatten = true }));
        flat.Layers.Count.ShouldBe(1);
        flat.Entries().Select(Described).ShouldBe(layered.Entries().Select(Described));

        static string Described(ImageEntry entry) => $"{entry.Path} {entry.Kind} {entry.Mode:x} {entry.User} {entry.Group} {entry.Sha256} {entry.Target}";
    }

    [Fact]
    public async Task An_image_that_is_built_is_the_upstream_of_the_next()
    {
        Skip();
        await BuildAsync("echo base > /etc/base");
        _folder.Write("shop/image.yaml", "image: { name: shop/web, upstream: shop/base }");
        var built = await BuildAsync("cat /etc/base > /etc/web", folder: "shop");
        var image = Image(built);
        image.Layers.Count.ShouldBe(3);
        using var text = new StreamReader(image.OpenFile("etc/web", out _)!);
        (await text.ReadToEndAsync(Token)).ShouldBe("base\n");
        _folder.Write("shop/build.sh", "");
        var again = Image(await BuildAsync("cat /etc/base > /etc/web; echo 2 >> /etc/web", folder: "shop"));
        again.Parents.ShouldBe([image.Commit, built.Upstream.Commit]);
    }

    [Fact]
    public async Task What_a_killed_build_left_is_removed_by_the_next()
    {
        Skip();
        await BuildAsync("true");
        // What is left of a process that was killed: a folder, an overlay in it, a lock that nobody holds.
        var left = _folder.File("graph/flotilla-runtime/containers/flotilla-1-1-1");
        SmallRoot.Shell($"mkdir -p {left}/root {left}/upper {left}/work {left}/lower; touch {left}.lock; mount -t overlay overlay -o lowerdir={left}/lower,upperdir={left}/upper,workdir={left}/work {left}/root; echo x > {left}/root/x");
        var half = _folder.File("graph/flotilla-runtime/bases", new string('0', 40));
        Directory.CreateDirectory(Path.Combine(half, "root"));
        await BuildAsync("touch /x");
        Directory.EnumerateFileSystemEntries(_folder.File("graph/flotilla-runtime/containers")).ShouldBeEmpty();
        File.ReadAllText("/proc/mounts").ShouldNotContain(_folder.Path);
    }

    [Fact]
    public async Task What_is_not_said_is_asked_for()
    {
        Skip();
        var messages = new List<string>();
        foreach (var (folder, text) in new[]
        {
            ("a", "image: { name: a, upstream: smal }"), ("b", "image: { name: b, upstream: b }"), ("c", "image: { name: c, upstream: x, source: 'ftp:x' }"),
            ("d", "image: { name: d, upstream: small }\ntargets: { other: {} }"),
        })
        {
            _folder.Write($"{folder}/image.yaml", text);
            messages.Add((await Record.ExceptionAsync(() => BuildAsync("true", new BuildOptions { Target = folder == "d" ? "other" : "build" }, folder)))!.Message.Replace(_folder.Path, "DIR"));
        }
        _folder.Write("far/below/image.yaml", "image: { name: alone }\ntargets: { build: { command: [x] } }");
        messages.Add((await Record.ExceptionAsync(() => BuildAsync("true", folder: "far/below")))!.Message);
        Snapshot.Matches(string.Join('\n', messages), "refusals");
    }
}
