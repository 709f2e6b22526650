using System.Formats.Tar;
using System.Text;
using Flotilla.Images.Sources;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Sources;

/// <summary>Archives that say one thing and are another.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    private static byte[] Layer { get; } = MakeLayer();

    private static byte[] Config { get; } = ConfigOf(1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_archive_as_it_should_be_is_taken() =>
        (await ImportAsync(Archive(("manifest.json", Manifest("c.json", "l.tar")), ("c.json", Config), ("l.tar", Layer)))).IsNew.ShouldBeTrue();

    [Theory]
    [InlineData("../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../x")]
    public async Task A_manifest_that_names_files_outside_is_refused(string name)
    {
        await FailAsync(Archive(("manifest.json", Manifest(name, "l.tar")), ("l.tar", Layer)), ImageFault.PathEscapes);
        await FailAsync(Archive(("manifest.json", Manifest("c.json", name)), ("c.json", Config)), ImageFault.PathEscapes);
    }

    [Fact]
    public async Task A_member_with_a_name_outside_is_not_reached_by_it() =>
        await FailAsync(Archive(("manifest.json", Manifest("../../x", "l.tar")), ("../../x", Config), ("l.tar", Layer)), ImageFault.PathEscapes);

    [Theory]
    [InlineData("""[{"Config":"c.json","Config":"d.json","Layers":["l.tar"]}]""")]
    [InlineData("""[{"Config":"c.json","Layers":["l.tar"],"Layers":[]}]""")]
    [InlineData("""{"Config":"c.json"}""")]
    [InlineData("""[{"Config":7,"Layers":["l.tar"]}]""")]
    [InlineData("""[{"Config":"c.json","Layers":"l.tar"}]""")]
    [InlineData("""[{"Config":"c.json","Layers":[null]}]""")]
    [InlineData("[{")]
    [InlineData("")]
    public async Task A_manifest_that_is_malformed_or_says_a_thing_twice_is_refused(string manifest) =>
        await FailAsync(Archive(("manifest.json", Encoding.UTF8.GetBytes(manifest)), ("c.json", Config), ("d.json", Config), ("l.tar", Layer)), ImageFault.BadArchive);

    [Fact]
    public async Task A_configuration_that_says_a_thing_twice_is_refused() =>
        await FailAsync(Archive(("manifest.json", Manifest("c.json", "l.tar")), ("c.json", [.. Config[..^1], .. ",\"os\":\"other\"}"u8]), ("l.tar", Layer)), ImageFault.BadArchive);

    [Fact]
    public async Task More_layers_than_can_be_mounted_are_refused() =>
        await FailAsync(Archive(("manifest.json", Manifest("c.json", [.. Enumerable.Repeat("l.tar", 128)])), ("c.json", ConfigOf(128)), ("l.tar", Layer)), ImageFault.TooLarge);

    [Fact]
    public async Task Layers_that_the_configuration_does_not_name_are_refused() =>
        await FailAsync(Archive(("manifest.json", Manifest("c.json", "l.tar", "l.tar")), ("c.json", Config), ("l.tar", Layer)), ImageFault.BadArchive);

    [Fact]
    public async Task A_configuration_under_the_hash_of_another_is_refused() =>
        await FailAsync(Archive(("manifest.json", Manifest(new string('a', 64) + ".json", "l.tar")), (new string('a', 64) + ".json", Config), ("l.tar", Layer)), ImageFault.DigestMismatch);

    [Fact]
    public async Task A_layer_other_than_the_configuration_says_is_refused()
    {
        var other = (byte[])Layer.Clone();
        other[520] ^= 1;
        await FailAsync(Archive(("manifest.json", Manifest("c.json", "l.tar")), ("c.json", Config), ("l.tar", other)), ImageFault.DigestMismatch);
    }

    [Fact]
    public async Task A_missing_layer_is_named() =>
        (await FailAsync(Archive(("manifest.json", Manifest("c.json", "gone.tar")), ("c.json", Config)), ImageFault.BadArchive)).Message.ShouldContain("gone.tar");

    [Fact]
    public async Task A_name_that_stands_twice_in_the_archive_is_refused() =>
        await FailAsync(Archive(("manifest.json", Manifest("c.json", "l.tar")), ("c.json", Config), ("./c.json", Config), ("l.tar", Layer)), ImageFault.PathConflict);

    [Theory]
    [InlineData("l.tar", "l.tar")]
    [InlineData("l.tar", "../../etc/passwd")]
    [InlineData("l.tar", "/etc/passwd")]
    public async Task A_link_that_leads_nowhere_or_outside_is_a_missing_layer(string name, string target)
    {
        var path = Archive(("manifest.json", Manifest("c.json", "l.tar")), ("c.json", Config));
        var bytes = File.ReadAllBytes(path)[..^1024];
        using (var file = File.Create(path))
        {
            file.Write(bytes);
            using var tar = new TarWriter(file, TarEntryFormat.Ustar);
            tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });
        }
        await FailAsync(path, ImageFault.BadArchive);
    }

    [Fact]
    public async Task Layers_may_be_links_to_each_other_and_compressed()
    {
        using var gzip = new MemoryStream();
        using (var stream = new System.IO.Compression.GZipStream(gzip, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) stream.Write(Layer);
        var path = Archive(("manifest.json", Manifest("c.json", "b/layer.tar")), ("c.json", Config), ("a/layer.tar", gzip.ToArray()));
        var bytes = File.ReadAllBytes(path)[..^1024];
        using (var file = File.Create(path))
        {
            file.Write(bytes);
            using var tar = new TarWriter(file, TarEntryFormat.Ustar);
            tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "b/layer.tar") { LinkName = "../a/layer.tar" });
        }
        (await ImportAsync(path)).DiffIds.ShouldBe([FakeRegistry.DigestOf(Layer)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_layout_whose_descriptor_is_off_by_one_is_refused(int off)
    {
        var layout = Layout(sizeOff: off);
        (await Should.ThrowAsync<ImageException>(() => ImportAsync(new OciLayoutSource(layout)))).Fault.ShouldBe(ImageFault.DigestMismatch);
    }

    [Fact]
    public async Task A_layout_whose_blob_has_other_bytes_is_refused()
    {
        var layout = Layout();
        var blob = Path.Combine(layout, "blobs", "sha256", FakeRegistry.DigestOf(Layer)[7..]);
        var bytes = await File.ReadAllBytesAsync(blob, _stop);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes, _stop);
        (await Should.ThrowAsync<ImageException>(() => ImportAsync(new OciLayoutSource(layout)))).Fault.ShouldBe(ImageFault.DigestMismatch);
    }

    [Theory]
    [InlineData("sha256:../../../../etc/passwd", ImageFault.BadArchive)]
    [InlineData("sha256:ABCDEF", ImageFault.BadArchive)]
    [InlineData("sha512:00", ImageFault.Unsupported)]
    public async Task A_digest_is_never_a_path(string digest, ImageFault fault)
    {
        var layout = Layout();
        await File.WriteAllTextAsync(Path.Combine(layout, "index.json"), $$"""{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{digest}}","size":2}]}""", _stop);
        (await Should.ThrowAsync<ImageException>(() => ImportAsync(new OciLayoutSource(layout)))).Fault.ShouldBe(fault);
    }

    [Fact]
    public async Task A_cut_archive_is_refused_at_every_length()
    {
        var whole = await File.ReadAllBytesAsync(Archive(("manifest.json", Manifest("c.json", "l.tar")), ("c.json", Config), ("l.tar", Layer)), _stop);
        // The two zero blocks at the end may be missing, as everywhere.
        for (var length = 0; length < whole.Length - 1024; length += 509)
        {
            await File.WriteAllBytesAsync(_folder.File("cut.tar"), whole[..length], _stop);
            await Should.ThrowAsync<ImageException>(() => ImportAsync(new DockerArchiveSource(_folder.File("cut.tar"))));
        }
    }

    private string Layout(int sizeOff = 0)
    {
        var layout = _folder.File("layout");
        var blobs = Directory.CreateDirectory(Path.Combine(layout, "blobs", "sha256")).FullName;
        var manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{FakeRegistry.DigestOf(Config)}}","size":{{Config.Length}}},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{FakeRegistry.DigestOf(Layer)}}","size":{{Layer.Length + sizeOff}}}]}
            """);
        foreach (var blob in (byte[][])[Config, Layer, manifest]) File.WriteAllBytes(Path.Combine(blobs, FakeRegistry.DigestOf(blob)[7..]), blob);
        File.WriteAllText(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(Path.Combine(layout, "index.json"), $$"""{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{FakeRegistry.DigestOf(manifest)}}","size":{{manifest.Length}}}]}""");
        return layout;
    }

    private string Archive(params (string Name, byte[] Content)[] members)
    {
        var path = _folder.File("archive.tar");
        using var tar = new TarWriter(File.Create(path), TarEntryFormat.Ustar);
        foreach (var (name, content) in members) tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return path;
    }

    private Task<ImportedImage> ImportAsync(string archive) => ImportAsync(new DockerArchiveSource(archive));

    private async Task<ImportedImage> ImportAsync(IImageSource source)
    {
        using var graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, _stop);
        return await graph.ImportAsync(source, ImageName.Parse("example.com/shop"), new ImportOptions(), _stop);
    }

    private async Task<ImageException> FailAsync(string archive, ImageFault fault)
    {
        var failure = await Should.ThrowAsync<ImageException>(() => ImportAsync(archive));
        failure.Fault.ShouldBe(fault, failure.Message);
        failure.Problem.Fix.ShouldNotBeNull();
        ImageGraph.Open(_folder.File("graph"), TimeProvider.System).Lineages().ShouldBeEmpty();
        return failure;
    }

    private static byte[] Manifest(string config, params string[] layers) =>
        Encoding.UTF8.GetBytes($$"""[{"Config":"{{config}}","RepoTags":["shop:1"],"Layers":[{{string.Join(',', layers.Select(layer => $"\"{layer}\""))}}]}]""");

    private static byte[] ConfigOf(int layers) => Encoding.UTF8.GetBytes(
        $$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', Enumerable.Repeat($"\"{FakeRegistry.DigestOf(Layer)}\"", layers))}}}]}}""");

    private static byte[] MakeLayer()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "file") { DataStream = new MemoryStream("content"u8.ToArray()), ModificationTime = DateTimeOffset.UnixEpoch });
        return bytes.ToArray();
    }
}
