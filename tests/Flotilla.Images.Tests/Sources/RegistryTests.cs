using System.Formats.Tar;
using System.Text;
using Flotilla.Core;
using Flotilla.Images.Destinations;
using Flotilla.Images.Registries;
using Flotilla.Images.Sources;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Sources;

public sealed class RegistryTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly HastyTime _time = new();
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;
    private FakeRegistry _registry = null!;
    private ImageGraph _graph = null!;

    private static byte[] Layer { get; } = MakeLayer();

    private static byte[] Config { get; } = Encoding.UTF8.GetBytes($$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{{FakeRegistry.DigestOf(Layer)}}}"]}}""");

    private RegistryOptions Options => new() { Time = _time, Random = new Random(1), ConfigurationFolder = _folder.Path, Patience = HastyTime.Patience, Retry = new Backoff(TimeSpan.FromSeconds(2), Jitter: 0), ChunkBytes = 64 * 1024 };

    private RegistryReference Reference => RegistryReference.Parse($"{_registry.Host}/shop:1");

    public async ValueTask InitializeAsync()
    {
        _registry = await FakeRegistry.StartAsync();
        _registry.Time = _time;
        _registry.Add("1", Config, Layer);
        _graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _graph.Dispose();
        await _registry.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_image_is_pulled_with_its_digests()
    {
        var imported = await PullAsync(Options);
        imported.DiffIds.ShouldBe([FakeRegistry.DigestOf(Layer)]);
        imported.ImageId.ShouldBe(FakeRegistry.DigestOf(Config));
        _graph.Load(imported.Commit).Trailers.ShouldContain(KeyValuePair.Create("Source-Digest", FakeRegistry.DigestOf(_registry.Manifests["1"])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_is_asked_for_is_found_in_Dockers_configuration(bool basic)
    {
        (_registry.Login, _registry.Basic) = ("anna:s3cret:x", basic);
        _folder.Write("config.json", $$$$"""{"auths":{"{{{{_registry.Host}}}}":{"auth":"{{{{Convert.ToBase64String("anna:s3cret:x"u8)}}}}"}}}""");
        (await PullAsync(Options)).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task An_identity_token_is_changed_for_a_token()
    {
        (_registry.Login, _registry.IdentityToken) = ("nobody:by-password", "r3fresh");
        _folder.Write("config.json", $$$$"""{"auths":{"{{{{_registry.Host}}}}":{"auth":"{{{{Convert.ToBase64String("00000000-0000-0000-0000-000000000000:"u8)}}}}","identitytoken":"r3fresh"}}}""");
        (await PullAsync(Options)).IsNew.ShouldBeTrue();
        _registry.Requests.ShouldContain("POST /token");
        _registry.IdentityToken = "another";
        var failure = await FailAsync(Options, ImageFault.Unauthorized);
        failure.Message.ShouldContain("the stored token");
        failure.ToString().ShouldNotContain("r3fresh");
    }

    [Fact]
    public async Task Blobs_are_followed_to_where_they_are_and_nobody_there_is_told_who_asks()
    {
        await using var store = await FakeRegistry.StartAsync();
        store.Add("1", Config, Layer);
        (_registry.Login, _registry.Store) = ("anna:s3cret", store);
        _registry.Blobs.Clear();
        var options = Options with { Credentials = new RegistryCredentials("anna", "s3cret") };
        store.Login = "anna:s3cret";
        await FailAsync(options, ImageFault.Unauthorized);
        store.Requests.ShouldNotContain(request => request.Contains("/token"));
        store.Login = null;
        store.Cut = (1, 60_000);
        (await PullAsync(options)).DiffIds.ShouldBe([FakeRegistry.DigestOf(Layer)]);
        store.Requests.ShouldContain(request => request.Contains("bytes=60000-"));
        store.Asking.ShouldAllBe(header => header.Length == 0);
    }

    [Fact]
    public async Task A_registry_that_points_in_circles_is_given_up()
    {
        _registry.Store = _registry;
        (await FailAsync(Options, ImageFault.Unreachable)).Message.ShouldContain("ever more places");
    }

    [Fact]
    public async Task A_helper_of_Docker_is_asked_for_credentials()
    {
        _registry.Login = "anna:s3cret";
        // Written by another process: while a program that this one starts still has the file open, nobody could start it.
        await Tool.RunAsync("/bin/sh", ["-c", "printf '#!/bin/sh\\n. \"$(dirname \"$0\")/says\"\\n' >\"$0\"; chmod +x \"$0\"", _folder.File("docker-credential-flotilla-test-keeper")]);
        var path = Environment.GetEnvironmentVariable("PATH");
        // The helper's name is this test's own, so that the change harms no other.
        Environment.SetEnvironmentVariable("PATH", $"{_folder.Path}:{path}");
        try
        {
            Helper($$$"""[ "$1 $(cat)" = "get {{{_registry.Host}}}" ] && echo '{"ServerURL":"{{{_registry.Host}}}","Username":"anna","Secret":"s3cret"}'""");
            _folder.Write("config.json", """{"auths":{},"credsStore":"flotilla-test-keeper"}""");
            await PullAsync(Options);

            _registry.IdentityToken = "r3fresh";
            Helper("""echo '{"ServerURL":"","Username":"<token>","Secret":"r3fresh"}'""");
            _folder.Write("config.json", $$"""{"credHelpers":{"{{_registry.Host}}":"flotilla-test-keeper"},"credsStore":"none-such"}""");
            await PullAsync(Options);
            _registry.Requests.ShouldContain("POST /token");

            Helper("echo 'credentials not found in native keychain'; exit 1");
            (await FailAsync(Options, ImageFault.Unauthorized)).Message.ShouldContain("wants to know who asks");
            Helper("echo 'the vault is locked' >&2; exit 1");
            (await FailAsync(Options, ImageFault.Unauthorized)).Message.ShouldContain("the vault is locked");
            Helper("echo s3cret");
            (await FailAsync(Options, ImageFault.Unauthorized)).ToString().ShouldNotContain("s3cret");
            _folder.Write("config.json", """{"credsStore":"none-such"}""");
            (await FailAsync(Options, ImageFault.Unauthorized)).Message.ShouldContain("docker-credential-none-such is not installed.");
            _folder.Write("config.json", """{"credsStore":"../evil"}""");
            (await FailAsync(Options, ImageFault.Unauthorized)).Message.ShouldContain("no name of a credential helper");
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }

        void Helper(string script) => _folder.Write("says", script + "\n");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wrong_credentials_are_told_once_and_never_shown(bool basic)
    {
        (_registry.Login, _registry.Basic) = ("anna:s3cret", basic);
        var failure = await FailAsync(Options with { Credentials = new RegistryCredentials("anna", "wr0ng") }, ImageFault.Unauthorized);
        failure.ToString().ShouldNotContain("wr0ng");
        failure.Message.ShouldContain("\"anna\"");
        _registry.Requests.Count.ShouldBeLessThan(4);
        Options.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Nobody_where_somebody_is_wanted_is_told_how_to_log_in()
    {
        _registry.Login = "anna:s3cret";
        (await FailAsync(Options, ImageFault.Unauthorized)).Message.ShouldContain("docker login");
    }

    [Fact]
    public async Task A_registry_that_asks_for_time_gets_it()
    {
        _registry.Busy = (2, 17);
        (await PullAsync(Options)).IsNew.ShouldBeTrue();
        _time.Waits.Count(wait => wait == TimeSpan.FromSeconds(17)).ShouldBe(2);
    }

    [Fact]
    public async Task A_registry_that_asks_for_ever_more_time_is_given_up()
    {
        _registry.Busy = (100, 1);
        await FailAsync(Options with { AttemptsMax = 4 }, ImageFault.Unreachable);
        _registry.Requests.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_download_that_is_cut_goes_on_where_it_was(bool ranges)
    {
        _registry.Ranges = ranges;
        _registry.Cut = (3, 60_000);
        (await PullAsync(Options)).DiffIds.ShouldBe([FakeRegistry.DigestOf(Layer)]);
        var gets = _registry.Requests.Where(request => request.StartsWith($"GET /v2/shop/blobs/{FakeRegistry.DigestOf(Layer)}", StringComparison.Ordinal)).ToList();
        gets.Count.ShouldBe(4);
        gets[1..].ShouldAllBe(request => request.Contains("bytes="));
    }

    [Fact]
    public async Task A_download_that_never_gets_further_is_given_up()
    {
        _registry.Cut = (100, 0);
        await FailAsync(Options with { AttemptsMax = 3 }, ImageFault.Unreachable);
    }

    [Fact]
    public async Task A_layer_of_other_bytes_is_refused()
    {
        var other = (byte[])Layer.Clone();
        other[600] ^= 1;
        _registry.Blobs[FakeRegistry.DigestOf(Layer)] = other;
        await FailAsync(Options, ImageFault.DigestMismatch);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_layer_of_another_size_is_refused(int off)
    {
        _registry.Add("1", Config, Layer, Layer.Length + off);
        var failure = await Should.ThrowAsync<ImageException>(() => PullAsync(Options with { AttemptsMax = 2 }));
        failure.Fault.ShouldBeOneOf(ImageFault.DigestMismatch, ImageFault.Unreachable);
        _graph.Lineages().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_configuration_of_other_bytes_is_refused()
    {
        _registry.Blobs[FakeRegistry.DigestOf(Config)] = [.. Config[..^1], (byte)' '];
        await FailAsync(Options, ImageFault.DigestMismatch);
    }

    [Fact]
    public async Task A_tag_that_is_not_there_is_named() =>
        (await Should.ThrowAsync<ImageException>(() => new RegistrySource(RegistryReference.Parse($"{_registry.Host}/shop:2"), Options).OpenAsync(_stop))).Fault.ShouldBe(ImageFault.NotFound);

    [Fact]
    public async Task A_registry_that_is_not_there_is_named()
    {
        var reference = Reference;
        await _registry.DisposeAsync();
        var failure = await Should.ThrowAsync<ImageException>(() => new RegistrySource(reference, Options with { AttemptsMax = 2 }).OpenAsync(_stop));
        failure.Fault.ShouldBe(ImageFault.Unreachable);
        failure.Message.ShouldContain(reference.Host);
    }

    [Fact]
    public async Task An_upload_that_is_cut_goes_on_where_the_registry_stopped()
    {
        var image = _graph.Load((await PullAsync(Options)).Commit);
        _registry.Blobs.Clear();
        _registry.CutUpload = (2, 5_000);
        var destination = new RegistryDestination(RegistryReference.Parse($"{_registry.Host}/shop:again"), Options with { Compression = LayerCompression.None });
        await destination.WriteAsync(image, _stop);
        _registry.Blobs[FakeRegistry.DigestOf(Layer)].ShouldBe(Layer);
        _registry.Requests.ShouldContain(request => request.StartsWith("PATCH", StringComparison.Ordinal) && request.Contains(" 5000-"));
        destination.ManifestDigest.ShouldBe(FakeRegistry.DigestOf(_registry.Manifests["again"]));
    }

    [Theory]
    [InlineData("GET /token", false)]
    [InlineData("GET /token", true)]
    [InlineData("GET /v2/shop/manifests/1", false)]
    [InlineData("GET /v2/shop/manifests/1", true)]
    [InlineData("GET /v2/shop/blobs/", false)]
    [InlineData("GET /v2/shop/blobs/", true)]
    public async Task A_registry_that_falls_silent_is_asked_again(string request, bool saysHead)
    {
        _registry.Login = "anna:s3cret";
        _registry.Silent = (2, request, saysHead);
        (await PullAsync(Options with { Credentials = new RegistryCredentials("anna", "s3cret") })).DiffIds.ShouldBe([FakeRegistry.DigestOf(Layer)]);
        _registry.Silent.Times.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET /token", false)]
    [InlineData("GET /v2/shop/manifests/1", true)]
    [InlineData("GET /v2/shop/blobs/", true)]
    public async Task A_registry_that_stays_silent_is_given_up(string request, bool saysHead)
    {
        _registry.Login = "anna:s3cret";
        _registry.Silent = (100, request, saysHead);
        var failure = await FailAsync(Options with { Credentials = new RegistryCredentials("anna", "s3cret"), AttemptsMax = 3 }, ImageFault.Unreachable);
        failure.Message.ShouldContain($"{_registry.Host} said nothing for 61.5 seconds.");
        // Three times, or three times each of its two waits.
        _registry.Silent.Times.ShouldBeInRange(100 - 9, 100 - 3);
    }

    [Fact]
    public async Task What_a_registry_refuses_is_told_though_it_never_says_why()
    {
        _registry.Manifests.Clear();
        _registry.Silent = (1, "GET", true);
        await FailAsync(Options, ImageFault.NotFound);
    }

    [Theory]
    [InlineData("POST /v2/shop/blobs/uploads/", 1)]
    [InlineData("PATCH /v2/shop/blobs/uploads/", 3)]
    [InlineData("PUT /v2/shop/blobs/uploads/", 1)]
    [InlineData("PUT /v2/shop/manifests/", 2)]
    public async Task An_upload_that_nothing_is_said_to_goes_on_where_the_registry_stopped(string request, int times)
    {
        var image = _graph.Load((await PullAsync(Options)).Commit);
        _registry.Blobs.Clear();
        _registry.Silent = (times, request, false);
        await new RegistryDestination(RegistryReference.Parse($"{_registry.Host}/shop:again"), Options with { Compression = LayerCompression.None }).WriteAsync(image, _stop);
        _registry.Silent.Times.ShouldBe(0);
        _registry.Blobs[FakeRegistry.DigestOf(Layer)].ShouldBe(Layer);
        _registry.Manifests.ShouldContainKey("again");
        // Nothing that arrived is sent twice.
        _registry.Requests.Count(each => each.StartsWith("PATCH", StringComparison.Ordinal)).ShouldBe((Layer.Length + Options.ChunkBytes - 1) / Options.ChunkBytes + 1);
    }

    [Fact]
    public async Task Sending_may_take_as_long_as_it_takes_while_it_gets_on()
    {
        var image = _graph.Load((await PullAsync(Options)).Commit);
        _registry.Blobs.Clear();
        await new RegistryDestination(RegistryReference.Parse($"{_registry.Host}/shop:again"), Options with { Compression = LayerCompression.None, ChunkBytes = Layer.Length }).WriteAsync(image, _stop);
        _registry.Requests.Count(each => each.StartsWith("PATCH", StringComparison.Ordinal)).ShouldBe(2);
        // The layer goes in two writes at least, and its end counts as well.
        _time.Renewals.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task What_a_registry_has_is_not_sent_again()
    {
        var image = _graph.Load((await PullAsync(Options)).Commit);
        _registry.Requests.Clear();
        await new RegistryDestination(Reference, Options with { Compression = LayerCompression.None }).WriteAsync(image, _stop);
        _registry.Requests.ShouldNotContain(request => request.StartsWith("POST", StringComparison.Ordinal) || request.StartsWith("PATCH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nginx:1.25", "docker.io/library/nginx:1.25", "nginx:1.25")]
    [InlineData("shop/web", "docker.io/shop/web:latest", "shop/web:latest")]
    [InlineData("index.docker.io/shop/web", "docker.io/shop/web:latest", "shop/web:latest")]
    [InlineData("localhost:5000/a", "localhost:5000/a:latest", "localhost:5000/a:latest")]
    [InlineData("ghcr.io/a/b__c:v1", "ghcr.io/a/b__c:v1", "ghcr.io/a/b__c:v1")]
    public void A_reference_is_filled_in_as_Docker_does(string text, string full, string familiar)
    {
        RegistryReference.Parse(text).ToString().ShouldBe(full);
        RegistryReference.Parse(text).ToFamiliarString().ShouldBe(familiar);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Shop")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("example.com/a:")]
    [InlineData("example.com/a:-x")]
    [InlineData("example.com/a@sha256:12")]
    [InlineData("exa mple.com/a")]
    [InlineData("example.com/a\n")]
    [InlineData("a@b.c/d")]
    public void What_is_no_reference_is_refused(string text) => Should.Throw<ImageException>(() => RegistryReference.Parse(text)).Fault.ShouldBe(ImageFault.BadName);

    private async Task<ImportedImage> PullAsync(RegistryOptions options) =>
        await _graph.ImportAsync(new RegistrySource(Reference, options), ImageName.Parse("example.com/shop"), new ImportOptions(), _stop);

    private async Task<ImageException> FailAsync(RegistryOptions options, ImageFault fault)
    {
        var before = _graph.Lineages();
        var failure = await Should.ThrowAsync<ImageException>(() => PullAsync(options));
        failure.Fault.ShouldBe(fault, failure.Message);
        failure.Problem.Fix.ShouldNotBeNull();
        _graph.Lineages().ShouldBe(before);
        return failure;
    }

    private static byte[] MakeLayer()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            var content = new byte[200_000];
            new Random(7).NextBytes(content);
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "data") { DataStream = new MemoryStream(content), ModificationTime = DateTimeOffset.UnixEpoch });
        }
        return bytes.ToArray();
    }
}
