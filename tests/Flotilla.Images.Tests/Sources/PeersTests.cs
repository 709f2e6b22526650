using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Images.Destinations;
using Flotilla.Images.Registries;
using Flotilla.Images.Sources;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Sources;

public sealed class PeersTests(PeersFixture peers) : IClassFixture<PeersFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    private static RegistryOptions Options => new() { Time = TimeProvider.System, Random = new Random(1) };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("docker", true)]
    [InlineData("saved.tar", true)]
    [InlineData("saved.tar.gz", true)]
    [InlineData("saved.tar.zst", true)]
    [InlineData("docker-archive:saved.tar:shop:1.0", true)]
    [InlineData("oci:layout", false)]
    [InlineData("oci:layout:1.0", false)]
    [InlineData("oci:zstd", false)]
    [InlineData("layout.tar", false)]
    [InlineData("registry", true)]
    public async Task An_image_comes_from_every_source_and_goes_to_every_destination(string from, bool keepsId)
    {
        Assert.SkipWhen(PeersFixture.Missing() is not null, PeersFixture.Missing() ?? "");
        IImageSource source = from switch
        {
            "docker" => new DockerSource("shop:1.0", peers.Docker),
            "registry" => await Place($"{peers.Registry}/shop:1.0"),
            _ when from.IndexOf(':') is > 0 and var colon => await Place(from[..(colon + 1)] + peers.Of(from[(colon + 1)..])),
            _ => await Place(peers.Of(from)),
        };
        using var graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, _stop);
        var imported = await graph.ImportAsync(source, ImageName.Parse("example.com/shop"), new ImportOptions(), _stop);
        var image = graph.Load(imported.Commit);
        var docker = (await peers.Docker.FindImageAsync("shop:1.0", _stop))!;
        imported.DiffIds.ShouldBe(docker.DiffIds);
        imported.DiffIds.Count.ShouldBe(2);
        if (keepsId) imported.ImageId.ShouldBe(peers.ImageId);
        AssertConfig(image.Config);

        // To Docker, in both ways; the name is new, so that the engine has to take what it is given.
        await new DockerDestination("back/engine:1", peers.Docker).WriteAsync(image, _stop);
        (await peers.Docker.FindImageAsync("back/engine:1", _stop))!.Id.ShouldBe(image.ImageId);
        await peers.Docker.RemoveImageAsync("back/engine:1", force: true, _stop);
        await new DockerArchiveDestination(_folder.File("out.tar"), ["back/archive:1"]).WriteAsync(image, _stop);
        (await peers.DockerAsync("load", "-i", _folder.File("out.tar"))).ShouldContain("back/archive:1");
        (await peers.Docker.FindImageAsync("back/archive:1", _stop))!.Id.ShouldBe(image.ImageId);
        await peers.Docker.RemoveImageAsync("back/archive:1", force: true, _stop);

        // To layouts, which others unpack.
        foreach (var compression in Enum.GetValues<LayerCompression>())
        {
            await new OciLayoutDestination(_folder.File("oci"), $"{compression}", compression).WriteAsync(image, _stop);
            (await PeersFixture.SkopeoAsync("inspect", "--config", "--raw", $"oci:{_folder.File("oci")}:{compression}")).Trim().ShouldBe(System.Text.Encoding.UTF8.GetString(image.Config.Span).Trim());
        }
        await Tool.RunAsync("umoci", ["unpack", "--image", $"{_folder.File("oci")}:Gzip", _folder.File("bundle")]);
        (await File.ReadAllTextAsync(_folder.File("bundle", "rootfs", "etc", "motd"), _stop)).ShouldBe("welcome\n");
        await new OciLayoutDestination(_folder.File("oci.tar"), "1.0").WriteAsync(image, _stop);
        await PeersFixture.SkopeoAsync("copy", "-q", $"oci-archive:{_folder.File("oci.tar")}:1.0", $"docker-archive:{_folder.File("skopeo.tar")}:x:1");

        // To the registry, in pieces; back by skopeo and by us.
        var repository = "back/" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(from)))[..12];
        var reference = RegistryReference.Parse($"{peers.Registry}/{repository}:1");
        await new RegistryDestination(reference, Options with { ChunkBytes = 4096 }).WriteAsync(image, _stop);
        await PeersFixture.SkopeoAsync("copy", "-q", "--src-tls-verify=false", $"docker://{reference}", $"dir:{_folder.File("pulled")}");
        await new RegistryDestination(RegistryReference.Parse($"{peers.Registry}/{repository}-mounted:1"), Options with { MountFrom = [repository] }).WriteAsync(image, _stop);
        foreach (var place in (string[])[$"{reference}", $"{peers.Registry}/{repository}-mounted:1", _folder.File("out.tar"), $"oci:{_folder.File("oci")}:Zstd", $"oci:{_folder.File("oci")}:None", _folder.File("oci.tar")])
            (await graph.ImportAsync(await Place(place), ImageName.Parse("example.com/shop"), new ImportOptions(), _stop)).IsNew.ShouldBeFalse(place);
    }

    [Fact]
    public async Task A_list_of_manifests_gives_the_one_of_the_platform()
    {
        Assert.SkipWhen(PeersFixture.Missing() is not null, PeersFixture.Missing() ?? "");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{peers.Registry}/v2/shop/manifests/") };
        using var get = new HttpRequestMessage(HttpMethod.Get, "1.0");
        get.Headers.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        using var manifest = await http.SendAsync(get, _stop);
        var digest = manifest.Headers.GetValues("Docker-Content-Digest").Single();
        var type = manifest.Content.Headers.ContentType!.MediaType;
        var list = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.docker.distribution.manifest.list.v2+json",
            ["manifests"] = new JsonArray(new JsonObject { ["mediaType"] = type, ["digest"] = digest, ["size"] = manifest.Content.Headers.ContentLength, ["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = "arm64" } }),
        };
        using var body = new StringContent(list.ToJsonString(), new System.Net.Http.Headers.MediaTypeHeaderValue("application/vnd.docker.distribution.manifest.list.v2+json"));
        (await http.PutAsync("many", body, _stop)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Created);
        var reference = RegistryReference.Parse($"{peers.Registry}/shop:many");
        await using (var image = await new RegistrySource(reference, Options with { Platform = new ImagePlatform("linux", "arm64") }).OpenAsync(_stop)) image.Digest.ShouldBe(digest);
        var missing = await Should.ThrowAsync<ImageException>(() => new RegistrySource(reference, Options with { Platform = new ImagePlatform("linux", "s390x") }).OpenAsync(_stop));
        missing.Fault.ShouldBe(ImageFault.NotFound);
        missing.Message.ShouldContain("linux/arm64");
    }

    [Fact]
    public async Task What_is_not_there_is_said_with_what_is()
    {
        Assert.SkipWhen(PeersFixture.Missing() is not null, PeersFixture.Missing() ?? "");
        (await Should.ThrowAsync<ImageException>(() => new DockerSource("shop:1.1", peers.Docker).OpenAsync(_stop))).Message.ShouldContain("Did you mean \"shop:1.0\"?");
        (await Should.ThrowAsync<ImageException>(() => new DockerArchiveSource(peers.Of("saved.tar"), "shop:1.1").OpenAsync(_stop))).Message.ShouldContain("Did you mean \"shop:1.0\"?");
        (await Should.ThrowAsync<ImageException>(() => new OciLayoutSource(peers.Of("layout"), "1.1").OpenAsync(_stop))).Message.ShouldContain("Did you mean \"1.0\"?");
        (await Should.ThrowAsync<ImageException>(() => new RegistrySource(RegistryReference.Parse($"{peers.Registry}/shop:1.1"), Options).OpenAsync(_stop))).Fault.ShouldBe(ImageFault.NotFound);
    }

    private async Task<IImageSource> Place(string place) => await ImageLocation.Parse(place).ToSourceAsync(Options, _stop);

    private static void AssertConfig(ReadOnlyMemory<byte> bytes)
    {
        using var json = JsonDocument.Parse(bytes);
        var config = json.RootElement.GetProperty("config");
        config.GetProperty("Env").EnumerateArray().Select(each => each.GetString()).ShouldBe(["PATH=/usr/bin:/bin", "SHOP=open"]);
        config.GetProperty("Entrypoint")[0].GetString().ShouldBe("/bin/shop");
        config.GetProperty("Cmd")[0].GetString().ShouldBe("--all");
        config.GetProperty("User").GetString().ShouldBe("7:8");
        config.GetProperty("WorkingDir").GetString().ShouldBe("/srv");
        config.GetProperty("Labels").GetProperty("tier").GetString().ShouldBe("web \"front\"");
        config.GetProperty("ExposedPorts").TryGetProperty("8080/tcp", out _).ShouldBeTrue();
        json.RootElement.GetProperty("history").GetArrayLength().ShouldBeGreaterThan(5);
    }
}
