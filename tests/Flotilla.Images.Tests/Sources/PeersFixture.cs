using System.Formats.Tar;
using Flotilla.Docker;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Sources;

/// <summary>Docker, a registry, and one image of two layers in every form that the programs around write.</summary>
public sealed class PeersFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private DockerDaemon? _daemon;
    private DockerRegistry? _registry;

    public DockerEngine Docker { get; private set; } = null!;

    public string Registry => _registry!.Address;

    public string ImageId { get; private set; } = "";

    public static string? Missing() => DockerDaemon.Missing() ?? Peer.Missing("skopeo", "skopeo") ?? Peer.Missing("umoci", "umoci") ?? DockerRegistry.Missing() ?? Peer.Missing("zstd", "zstd");

    public string Of(string name) => _folder.File(name);

    public Task<string> DockerAsync(params string[] arguments) => Tool.RunAsync("docker", ["-H", "unix://" + _daemon!.Socket, .. arguments], new Dictionary<string, string> { ["DOCKER_BUILDKIT"] = "0" });

    public static Task<string> SkopeoAsync(params string[] arguments) => Tool.RunAsync("skopeo", ["--insecure-policy", .. arguments]);

    public async ValueTask InitializeAsync()
    {
        if (Missing() is not null) return;
        _daemon = await DockerDaemon.StartAsync(CancellationToken.None);
        Docker = new DockerEngine(_daemon.Socket);
        _registry = await DockerRegistry.StartAsync();
        Directory.CreateDirectory(Of("build"));
        await WriteRootAsync(Of("build/root.tar"));
        await File.WriteAllTextAsync(Of("build/motd"), "welcome\n");
        await File.WriteAllTextAsync(Of("build/Dockerfile"), """
            FROM scratch
            ADD root.tar /
            ENV PATH=/usr/bin:/bin SHOP=open
            LABEL maintainer="The shop <shop@example.com>" tier="web \"front\""
            ADD motd /etc/motd
            USER 7:8
            WORKDIR /srv
            EXPOSE 8080/tcp
            VOLUME /data
            HEALTHCHECK --interval=7s CMD ["/bin/check"]
            ENTRYPOINT ["/bin/shop"]
            CMD ["--all"]
            """);
        await DockerAsync("build", "-q", "-t", "shop:1.0", Of("build"));
        ImageId = (await Docker.FindImageAsync("shop:1.0", CancellationToken.None))!.Id;
        await DockerAsync("save", "-o", Of("saved.tar"), "shop:1.0");
        await Tool.RunAsync("sh", ["-c", $"gzip -1 < {Of("saved.tar")} > {Of("saved.tar.gz")} && zstd -q -3 < {Of("saved.tar")} > {Of("saved.tar.zst")}"]);
        await SkopeoAsync("copy", "-q", $"docker-archive:{Of("saved.tar")}", $"oci:{Of("layout")}:1.0");
        await SkopeoAsync("copy", "-q", $"docker-archive:{Of("saved.tar")}", $"oci-archive:{Of("layout.tar")}:1.0");
        await SkopeoAsync("copy", "-q", "--dest-compress-format", "zstd", $"docker-archive:{Of("saved.tar")}", $"oci:{Of("zstd")}:1.0");
        await SkopeoAsync("copy", "-q", "--dest-tls-verify=false", $"docker-archive:{Of("saved.tar")}", $"docker://{Registry}/shop:1.0");
    }

    public async ValueTask DisposeAsync()
    {
        Docker?.Dispose();
        if (_registry is not null) await _registry.DisposeAsync();
        if (_daemon is not null) await _daemon.DisposeAsync();
        _folder.Dispose();
    }

    public static async Task WriteRootAsync(string path)
    {
        await using var tar = new TarWriter(File.Create(path), TarEntryFormat.Pax);
        foreach (var folder in (string[])["bin/", "etc/", "srv/"]) await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)0b111_101_101 });
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "bin/shop") { Mode = (UnixFileMode)0b100_111_101_101, Uid = 3, DataStream = new MemoryStream(Enumerable.Range(0, 300_000).Select(i => (byte)(i * i >> 5)).ToArray()) });
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.HardLink, "bin/check") { LinkName = "bin/shop", Uid = 3, Mode = (UnixFileMode)0b100_111_101_101 });
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/store") { LinkName = "/bin/shop" });
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "etc/motd") { DataStream = new MemoryStream("hello\n"u8.ToArray()) });
    }
}
