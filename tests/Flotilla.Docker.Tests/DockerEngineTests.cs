using System.Formats.Tar;
using System.Text;
using Flotilla.Testing;

namespace Flotilla.Docker.Tests;

public sealed class DockerFixture : IAsyncLifetime
{
    private DockerDaemon? _daemon;

    public DockerEngine Engine { get; private set; } = null!;

    public string Socket => _daemon!.Socket;

    public async ValueTask InitializeAsync()
    {
        if (DockerDaemon.Missing() is not null) return;
        _daemon = await DockerDaemon.StartAsync(CancellationToken.None);
        Engine = new DockerEngine(_daemon.Socket);
        using var folder = new TemporaryFolder();
        await Shell.WriteAsync(folder.File("root.tar"));
        await Tool.RunAsync("docker", ["-H", "unix://" + _daemon.Socket, "import", folder.File("root.tar"), "shell:1"]);
    }

    public async ValueTask DisposeAsync()
    {
        Engine?.Dispose();
        if (_daemon is not null) await _daemon.DisposeAsync();
    }
}

/// <summary>The smallest root file system that runs a command: a shell, cat and what they load.</summary>
internal static class Shell
{
    public static async Task WriteAsync(string path)
    {
        await using var tar = new TarWriter(File.Create(path), TarEntryFormat.Pax);
        var files = new SortedSet<string>(StringComparer.Ordinal) { "/bin/sh", "/bin/cat" };
        foreach (var program in files.ToList())
            foreach (var word in (await Tool.RunAsync("ldd", [program])).Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith('/'))) files.Add(word);
        foreach (var file in files)
        {
            await using var content = File.OpenRead(file);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, file[1..]) { DataStream = content, Mode = (UnixFileMode)0b111_101_101 });
        }
    }
}

public sealed class DockerEngineTests(DockerFixture docker) : IClassFixture<DockerFixture>
{
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_engine_says_what_it_is()
    {
        Assert.SkipWhen(DockerDaemon.Missing() is not null, DockerDaemon.Missing() ?? "");
        (await docker.Engine.PingAsync(_stop)).ShouldBeTrue();
        var version = await docker.Engine.VersionAsync(_stop);
        version.OperatingSystem.ShouldBe("linux");
        version.Version.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Images_are_saved_loaded_named_and_removed()
    {
        Assert.SkipWhen(DockerDaemon.Missing() is not null, DockerDaemon.Missing() ?? "");
        var image = (await docker.Engine.FindImageAsync("shell:1", _stop)).ShouldNotBeNull();
        await docker.Engine.TagImageAsync("shell:1", "other/shell", "2", _stop);
        (await docker.Engine.FindImageAsync("other/shell:2", _stop))!.Id.ShouldBe(image.Id);
        (await docker.Engine.ImagesAsync(_stop)).SelectMany(each => each.Tags).ShouldContain("other/shell:2");
        using var saved = new MemoryStream();
        await docker.Engine.SaveImageAsync("other/shell:2", saved, _stop);
        (await docker.Engine.RemoveImageAsync("other/shell:2", force: false, _stop)).ShouldBeTrue();
        (await docker.Engine.FindImageAsync("other/shell:2", _stop)).ShouldBeNull();
        (await docker.Engine.RemoveImageAsync("other/shell:2", force: false, _stop)).ShouldBeFalse();
        saved.Position = 0;
        await docker.Engine.LoadImageAsync((to, token) => saved.CopyToAsync(to, token), _stop);
        (await docker.Engine.FindImageAsync("other/shell:2", _stop))!.DiffIds.ShouldBe(image.DiffIds);
    }

    [Fact]
    public async Task A_load_of_what_is_no_archive_says_so()
    {
        Assert.SkipWhen(DockerDaemon.Missing() is not null, DockerDaemon.Missing() ?? "");
        var failure = await Should.ThrowAsync<DockerException>(() => docker.Engine.LoadImageAsync(async (to, token) => await to.WriteAsync(new byte[10240], token), _stop));
        failure.Message.ShouldContain("Docker");
    }

    [Fact]
    public async Task A_container_runs_and_its_outputs_are_kept_apart()
    {
        Assert.SkipWhen(DockerDaemon.Missing() is not null, DockerDaemon.Missing() ?? "");
        var id = await docker.Engine.CreateContainerAsync(new ContainerOptions { Image = "shell:1", Command = ["/bin/sh", "-c", "echo $GREETING; echo bad >&2; exit 7"], Environment = ["GREETING=hello"], Network = "none" }, _stop);
        (await docker.Engine.FindContainerAsync(id, _stop))!.Status.ShouldBe("created");
        await docker.Engine.StartContainerAsync(id, _stop);
        (await docker.Engine.WaitContainerAsync(id, _stop)).ShouldBe(7);
        var said = new Dictionary<OutputStream, StringBuilder> { [OutputStream.Output] = new(), [OutputStream.Error] = new() };
        await docker.Engine.LogsAsync(id, follow: true, (from, bytes) =>
        {
            said[from].Append(Encoding.UTF8.GetString(bytes.Span));
            return Task.CompletedTask;
        }, _stop);
        said[OutputStream.Output].ToString().ShouldBe("hello\n");
        said[OutputStream.Error].ToString().ShouldBe("bad\n");
        using var exported = new MemoryStream();
        await docker.Engine.ExportContainerAsync(id, exported, _stop);
        exported.Length.ShouldBeGreaterThan(100_000);
        (await docker.Engine.RemoveContainerAsync(id, force: true, _stop)).ShouldBeTrue();
        (await docker.Engine.FindContainerAsync(id, _stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_running_container_is_attached_to_and_entered()
    {
        Assert.SkipWhen(DockerDaemon.Missing() is not null, DockerDaemon.Missing() ?? "");
        var id = await docker.Engine.CreateContainerAsync(new ContainerOptions { Image = "shell:1", Command = ["/bin/cat"], Input = true, Network = "none", Labels = [new("for", "attaching")] }, _stop);
        await using var attached = await docker.Engine.AttachAsync(id, _stop);
        await docker.Engine.StartContainerAsync(id, _stop);
        (await docker.Engine.ContainersAsync("for=attaching", _stop)).Select(each => each.Id).ShouldBe([id]);
        var inside = await docker.Engine.ExecAsync(id, ["/bin/sh", "-c", "echo in; exit 3"], _stop);
        inside.ShouldBe(new ExecResult(3, "in\n", ""));
        var echoed = new StringBuilder();
        var heard = new TaskCompletionSource();
        var reading = DockerEngine.ReadOutputAsync(attached, terminal: false, (_, bytes) =>
        {
            if (echoed.Append(Encoding.UTF8.GetString(bytes.Span)).ToString() == "ping\n") heard.TrySetResult();
            return Task.CompletedTask;
        }, _stop);
        await attached.WriteAsync("ping\n"u8.ToArray(), _stop);
        await heard.Task.WaitAsync(_stop);
        await docker.Engine.KillContainerAsync(id, "SIGKILL", _stop);
        (await docker.Engine.WaitContainerAsync(id, _stop)).ShouldBe(137);
        await reading;
        await docker.Engine.RemoveContainerAsync(id, force: true, _stop);
    }

    [Fact]
    public async Task An_engine_that_is_not_there_is_named_with_what_to_do()
    {
        using var engine = new DockerEngine("/nonexistent/docker.sock");
        (await engine.PingAsync(_stop)).ShouldBeFalse();
        var failure = await Should.ThrowAsync<DockerException>(() => engine.VersionAsync(_stop));
        failure.Status.ShouldBe(0);
        failure.Message.ShouldStartWith("Docker cannot be reached at /nonexistent/docker.sock.");
        failure.Problem.Fix.ShouldNotBeNull();
    }
}
