using System.Text;
using Flotilla.Core;
using Flotilla.Images.Configuration;
using Flotilla.Images.Folders.Real;
using Flotilla.Images.Runtime;
using Flotilla.Images.Runtime.Real;
using Flotilla.Images.Sources;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Runtime;

public sealed class RuncRuntimeTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ImageGraph _graph = null!;
    private GraphImage _image = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (SmallRoot.Missing is not null) return;
        _graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, Token);
        _image = await ImportAsync(SmallRoot.Write(_folder), "small");
    }

    public ValueTask DisposeAsync()
    {
        _graph?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<GraphImage> ImportAsync(string tar, string name) =>
        _graph.Load((await _graph.ImportAsync(new TarFileSource(tar), ImageName.Parse(name), new ImportOptions(), Token)).Commit);

    private async Task<(int Code, string Output)> RunAsync(string script, ImageSettings? settings = null)
    {
        using var output = new MemoryStream();
        settings = (settings ?? ImageSettings.Empty) with { Command = Said<IReadOnlyList<string>>(["/bin/sh", "-c", script]) };
        await using var ended = await new RuncRuntime(_graph, TimeProvider.System).RunAsync(
            _image, ContainerSettings.Of(_image, settings, terminal: false), new ContainerStreams { Output = output, Error = output }, Token);
        return (ended.ExitCode, Encoding.UTF8.GetString(output.ToArray()));
    }

    private static Said<T> Said<T>(T value) => new(value, new SourceLocation("image.yaml", 3));

    private static void Skip() => Assert.SkipWhen(SmallRoot.Missing is not null, SmallRoot.Missing ?? "");

    [Fact]
    public async Task A_container_runs_with_the_settings_that_are_given()
    {
        Skip();
        _folder.Write("data/note", "from the host");
        var (code, output) = await RunAsync(
            "exec 2>&1; id; pwd; echo $GREETING $HOME; cat /data/note; echo x > /data/new; echo y > /writable/new; hostname; ulimit -n; ulimit -Hn; cat /etc/resolv.conf; ls /sys/class/net; exit 7",
            new ImageSettings
            {
                Folder = Said("/tmp"), User = Said("shop"), Hostname = Said("till"), Network = Said(ContainerNetwork.None), Dns = [Said("10.1.2.3")],
                Environment = [new("GREETING", Said<string?>("hello"))],
                Limits = [Said(new ResourceLimit("nofile", 50, 60))],
                Mounts = [Said(new Mount(_folder.File("data"), "/data", false)), Said(new Mount(Writable(), "/writable", true))],
            });
        Snapshot.Matches($"{output}exit {code}", "settings");
        File.ReadAllText(_folder.File("writable/new")).ShouldBe("y\n");
    }

    private string Writable()
    {
        Directory.CreateDirectory(_folder.File("writable"));
        File.SetUnixFileMode(_folder.File("writable"), (UnixFileMode)0x1ff);
        return _folder.File("writable");
    }

    [Fact]
    public async Task What_a_container_writes_is_gone_and_the_shared_checkout_is_untouched()
    {
        Skip();
        (await RunAsync("echo x > /etc/new; rm /etc/group; ls /etc")).Output.ShouldBe("new\npasswd\nresolv.conf\n");
        (await RunAsync("ls /etc")).Output.ShouldBe("group\npasswd\nresolv.conf\n");
        Directory.EnumerateFileSystemEntries(_folder.File("graph/flotilla-runtime/containers")).ShouldBeEmpty();
        File.ReadAllText("/proc/mounts").ShouldNotContain(_folder.Path);
    }

    [Fact]
    public async Task A_privileged_container_may_mount_and_another_may_not()
    {
        Skip();
        (await RunAsync("mount -t tmpfs none /tmp")).Code.ShouldNotBe(0);
        (await RunAsync("mount -t tmpfs none /tmp", new ImageSettings { Privileged = Said(true) })).ShouldBe((0, ""));
    }

    [Fact]
    public async Task Cancelling_kills_the_container_and_removes_it()
    {
        Skip();
        using var cancellation = new CancellationTokenSource();
        var started = new Watch("started", cancellation.Cancel);
        var settings = ContainerSettings.Of(_image, new ImageSettings { Command = Said<IReadOnlyList<string>>(["/bin/sh", "-c", "echo started; sleep 1000"]) }, terminal: false);
        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await new RuncRuntime(_graph, TimeProvider.System).RunAsync(_image, settings, new ContainerStreams { Output = started }, cancellation.Token));
        Directory.EnumerateFileSystemEntries(_folder.File("graph/flotilla-runtime/containers")).ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(_folder.File("graph/flotilla-runtime/runc")).ShouldBeEmpty();
        File.ReadAllText("/proc/mounts").ShouldNotContain(_folder.Path);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_a_reason()
    {
        Skip();
        var messages = new List<string>();
        foreach (var settings in new[]
        {
            new ImageSettings { Ports = [Said(new PortMapping(80, 8080))] },
            new ImageSettings { Ports = [Said(new PortMapping(80, 80))], Network = Said(ContainerNetwork.None) },
            new ImageSettings { User = Said("shpo") },
            new ImageSettings { User = Said("shop:mdia") },
            new ImageSettings { Mounts = [Said(new Mount("/no/such", "/x", false))] },
        })
            messages.Add((await Record.ExceptionAsync(() => RunAsync("true", settings)))!.Message);
        messages.Add(Should.Throw<ProblemException>(() => ContainerSettings.Of(_image, ImageSettings.Empty, terminal: false)).Message);
        messages.Add(((await Record.ExceptionAsync(() => new RuncRuntime(_graph, TimeProvider.System).RunAsync(
            _image, new ContainerSettings { Command = ["/bin/nothing"] }, ContainerStreams.None, Token)))!).Message);
        Snapshot.Matches(string.Join('\n', messages), "refusals");
    }

    [Fact]
    public async Task A_checkout_has_all_that_the_tar_says()
    {
        Skip();
        var tar = SmallRoot.Write(_folder, """
            echo one > $root/tmp/one; ln $root/tmp/one $root/tmp/a-link
            chmod 4755 $root/tmp/one; chown 5:6 $root/tmp/one
            setfattr -n user.note -v hello $root/tmp/one 2>/dev/null || true
            mknod $root/tmp/null c 1 3; mkfifo $root/tmp/pipe
            ln -s /nowhere/at/all $root/tmp/dangling
            mkdir $root/tmp/closed; echo x > $root/tmp/closed/x; chmod 0500 $root/tmp/closed
            printf x > "$root/tmp/$(printf 'not\377utf')"
            touch -h -d '2001-02-03 04:05:06.123456789' $root/tmp/one $root/tmp/dangling $root/tmp/closed $root/tmp
            """);
        var image = await ImportAsync(tar, "special");
        Directory.CreateDirectory(_folder.File("out"));
        new Checkout(image, forOverlay: true, Token).Run(_folder.File("out"));
        // What tar makes of the checkout is what went in.
        SmallRoot.Shell($"""
            tar --sort=name --numeric-owner --format=pax --pax-option=delete=atime,delete=ctime --xattrs -C {_folder.File("out")} -cf {_folder.File("again.tar")} .
            cmp {tar} {_folder.File("again.tar")}
            rm -rf {_folder.File("out")}
            """);
    }

    /// <summary>Calls back when a word was written.</summary>
    private sealed class Watch(string word, Action seen) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            if (Encoding.UTF8.GetString(ToArray()).Contains(word, StringComparison.Ordinal)) seen();
            return ValueTask.CompletedTask;
        }
    }
}
