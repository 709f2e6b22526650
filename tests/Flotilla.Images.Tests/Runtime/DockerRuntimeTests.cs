using System.Text;
using Flotilla.Core;
using Flotilla.Docker;
using Flotilla.Images.Building;
using Flotilla.Images.Configuration;
using Flotilla.Images.Runtime;
using Flotilla.Images.Runtime.Real;
using Flotilla.Images.Sources;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Runtime;

/// <summary>The runtime that is a Docker engine, on a real one.</summary>
public sealed class DockerRuntimeTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private DockerDaemon _daemon = null!;
    private DockerEngine _engine = null!;
    private ImageGraph _graph = null!;
    private GraphImage _image = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string? Missing => SmallRoot.Missing ?? DockerDaemon.Missing();

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null) return;
        _daemon = await DockerDaemon.StartAsync(Token);
        _engine = new DockerEngine(_daemon.Socket);
        _graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, Token);
        var imported = await _graph.ImportAsync(new TarFileSource(SmallRoot.Write(_folder)), ImageName.Parse("small"), new ImportOptions(), Token);
        _image = _graph.Load(imported.Commit);
    }

    public async ValueTask DisposeAsync()
    {
        _graph?.Dispose();
        _engine?.Dispose();
        if (_daemon is not null) await _daemon.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_container_runs_with_the_settings_that_are_given_and_is_gone_afterwards()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        _folder.Write("data/note", "from the host");
        var (code, output) = await RunAsync(
            "exec 2>&1; id -u; id -g; pwd; echo $GREETING $HOME; cat /data/note; echo; echo x > /data/new; hostname; ulimit -n; ulimit -Hn; exit 7",
            new ImageSettings
            {
                Folder = Said("/tmp"), User = Said("shop"), Hostname = Said("till"), Network = Said(ContainerNetwork.None),
                Environment = [new("GREETING", Said<string?>("hello"))],
                Limits = [Said(new ResourceLimit("nofile", 50, 60))],
                Mounts = [Said(new Mount(_folder.File("data"), "/data", false))],
            });
        output.ShouldBe("1000\n1000\n/tmp\nhello /home/shop\nfrom the host\n/bin/sh: can't create /data/new: Read-only file system\ntill\n50\n60\n");
        code.ShouldBe(7);
        (await _engine.ContainersAsync("flotilla-run", Token)).ShouldBeEmpty();
        (await RunAsync("echo again")).ShouldBe((0, "again\n"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_build_commits_what_the_command_changed_and_nothing_of_the_engines_own(bool flatten)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        _folder.Write("image.yaml", """
            image: { name: shop/base, upstream: small }
            settings: { network: none, mounts: [[$image, /image, ro]] }
            targets:
              build: { command: [/bin/sh, -c, "echo hello > /etc/shop.conf; rm /etc/group; mkdir -p /srv/shop"] }
            """);
        var built = await new ImageBuilder(_graph, new DockerRuntime(_engine), TimeProvider.System)
            .BuildAsync(ImageConfiguration.Load(_folder.Path), new BuildOptions { Flatten = flatten }, Token);
        var image = _graph.Load(built.Image.ShouldNotBeNull().Commit);
        image.Layers.Count.ShouldBe(flatten ? 1 : 2);
        var diff = _graph.Diff(_image, image);
        diff.Added.Select(entry => entry.ToString()).ShouldBe(["etc/shop.conf", "srv", "srv/shop"], ignoreOrder: true);
        diff.Removed.Select(entry => entry.ToString()).ShouldBe(["etc/group"]);
        (await _engine.ImagesAsync(Token)).ShouldAllBe(known => known.Tags.Count > 0);
    }

    [Fact]
    public async Task A_command_that_fails_commits_nothing_and_a_program_that_is_not_there_is_told()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        _folder.Write("image.yaml", "image: { name: shop/base, upstream: small }\ntargets: { build: { command: [/bin/sh, -c, exit 3], network: none } }\n");
        var builder = new ImageBuilder(_graph, new DockerRuntime(_engine), TimeProvider.System);
        var built = await builder.BuildAsync(ImageConfiguration.Load(_folder.Path), new BuildOptions(), Token);
        (built.Image, built.ExitCode).ShouldBe((null, 3));
        _graph.Lineages().Count.ShouldBe(1);
        _folder.Write("image.yaml", "image: { name: shop/base, upstream: small }\ntargets: { build: { command: [/bin/none], network: none } }\n");
        var thrown = await Should.ThrowAsync<ImageException>(() => builder.BuildAsync(ImageConfiguration.Load(_folder.Path), new BuildOptions(), Token));
        thrown.Fault.ShouldBe(ImageFault.RuntimeFailed);
        thrown.Message.ShouldContain("/bin/none");
        (await _engine.ContainersAsync("flotilla-run", Token)).ShouldBeEmpty();
    }

    private async Task<(int Code, string Output)> RunAsync(string script, ImageSettings? settings = null)
    {
        using var output = new MemoryStream();
        settings = (settings ?? new ImageSettings { Network = Said(ContainerNetwork.None) }) with { Command = Said<IReadOnlyList<string>>(["/bin/sh", "-c", script]) };
        await using var ended = await new DockerRuntime(_engine).RunAsync(
            _image, ContainerSettings.Of(_image, settings, terminal: false), new ContainerStreams { Output = output, Error = output }, Token);
        return (ended.ExitCode, Encoding.UTF8.GetString(output.ToArray()));
    }

    private static Said<T> Said<T>(T value) => new(value, new SourceLocation("image.yaml", 3));
}
