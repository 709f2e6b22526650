using System.IO.Compression;
using System.Text;
using Flotilla.Images.Sources;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Tests;

/// <summary>Archives that are damaged or mean harm: each is refused by a named fault or accepted in a way that is said here.</summary>
public sealed class HostileTests
{
    public static TheoryData<string, ImageFault> Refused => new()
    {
        { "path outside", ImageFault.PathEscapes },
        { "path through a folder", ImageFault.PathEscapes },
        { "hard link outside", ImageFault.PathEscapes },
        { "hard link to nothing", ImageFault.PathConflict },
        { "hard link to a later member", ImageFault.PathConflict },
        { "hard link to a folder", ImageFault.PathConflict },
        { "file through a link", ImageFault.PathConflict },
        { "file below a file", ImageFault.PathConflict },
        { "file over a folder", ImageFault.PathConflict },
        { "path twice", ImageFault.PathConflict },
        { "bad checksum", ImageFault.BadTar },
        { "no tar", ImageFault.BadTar },
        { "empty", ImageFault.BadTar },
        { "cut in a header", ImageFault.BadTar },
        { "cut in content", ImageFault.BadTar },
        { "cut after an extended header", ImageFault.BadTar },
        { "bare whiteout", ImageFault.PathEscapes },
        { "whiteout of the parent", ImageFault.PathEscapes },
        { "unknown type", ImageFault.Unsupported },
        { "old sparse", ImageFault.Unsupported },
        { "pax sparse", ImageFault.Unsupported },
        { "pax record of 4 GiB", ImageFault.BadTar },
        { "pax header of 8 EiB", ImageFault.TooLarge },
        { "pax header of 8 EiB after another", ImageFault.TooLarge },
        { "pax record without =", ImageFault.BadTar },
        { "NUL in a pax path", ImageFault.BadTar },
        { "negative size", ImageFault.BadTar },
        { "pax size that is no number", ImageFault.BadTar },
        { "global path", ImageFault.Unsupported },
        { "path of a million bytes", ImageFault.TooLarge },
        { "deep path", ImageFault.TooLarge },
        { "gzip cut", ImageFault.BadCompression },
        { "gzip damaged", ImageFault.BadCompression },
        { "gzip within gzip", ImageFault.BadTar },
        { "zstd", ImageFault.BadCompression },
        { "bomb", ImageFault.TooLarge },
        { "too many members", ImageFault.TooLarge },
        { "too large", ImageFault.TooLarge },
        { "garbage after the end", ImageFault.TooLarge },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Refuses(string what, ImageFault fault)
    {
        using var fixture = await GraphFixture.CreateAsync();
        var options = new ImportOptions
        {
            Limits = ImageLimits.Default with { RatioFromBytes = 1 << 20, EntriesMax = 100, LayerBytesMax = 8 << 20, TailBytesMax = 64 << 10 },
        };
        var failure = await fixture.RefusesAsync(Make(what), options);
        failure.Fault.ShouldBe(fault, failure.Message);
        failure.Problem.Fix.ShouldNotBeNullOrEmpty();
        fixture.Git("fsck", "--strict");
    }

    private static byte[] Make(string what) => what switch
    {
        "path outside" => TarBytes.Of(("../../escape", '0', "x")),
        "path through a folder" => TarBytes.Of(("a/../../b", '0', "x")),
        "hard link outside" => TarBytes.Of(("l", '1', "../../etc/passwd")),
        "hard link to nothing" => TarBytes.Of(("l", '1', "missing")),
        "hard link to a later member" => TarBytes.Of(("l", '1', "f"), ("f", '0', "x")),
        "hard link to a folder" => TarBytes.Of(("d", '5', ""), ("l", '1', "d")),
        "file through a link" => TarBytes.Of(("l", '2', "/abs"), ("l/file", '0', "x")),
        "file below a file" => TarBytes.Of(("f", '0', "x"), ("f/child", '0', "y")),
        "file over a folder" => TarBytes.Of(("d/child", '0', "x"), ("d", '0', "y")),
        "path twice" => TarBytes.Of(("f", '0', "x"), ("./f", '0', "y")),
        "bad checksum" => Edited(TarBytes.Of(("f", '0', "x")), 0, (byte)'g'),
        "no tar" => Encoding.ASCII.GetBytes(new string('x', 2000)),
        "empty" => [],
        "cut in a header" => TarBytes.Of(("f", '0', "x"))[..1300],
        "cut in content" => TarBytes.Of(("f", '0', new string('x', 3000)))[..2000],
        "cut after an extended header" => new TarBytes().AddPax('x', ("path", "a")).End(0),
        "bare whiteout" => TarBytes.Of(("d/.wh.", '0', "")),
        "whiteout of the parent" => TarBytes.Of(("d/.wh...", '0', "")),
        "unknown type" => TarBytes.Of(("f", 'V', "")),
        "old sparse" => TarBytes.Of(("f", 'S', "")),
        "pax sparse" => new TarBytes().AddPax('x', ("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "9223372036854775807")).Add("f").End(),
        "pax record of 4 GiB" => new TarBytes().Add("x", 'x', "4294967296 path=a\n").Add("f").End(),
        "pax header of 8 EiB" => new TarBytes().Add("x", 'x', "", header => TarHeader.WriteBase256(TarField.Size.Of((Span<byte>)header), long.MaxValue)).End(),
        "pax header of 8 EiB after another" => new TarBytes().AddPax('x', ("comment", "none")).Add("x", 'x', "", header => TarHeader.WriteBase256(TarField.Size.Of((Span<byte>)header), long.MaxValue)).End(),
        "pax record without =" => new TarBytes().Add("x", 'x', "9 nothing\n").Add("f").End(),
        "NUL in a pax path" => new TarBytes().AddPax('x', ("path", "a\0b")).Add("f").End(),
        "negative size" => new TarBytes().Add("f", '0', "", header => TarField.Size.Of((Span<byte>)header).Fill(0xff)).End(),
        "pax size that is no number" => new TarBytes().AddPax('x', ("size", "-1")).Add("f").End(),
        "global path" => new TarBytes().AddPax('g', ("path", "everything")).Add("f").End(),
        "path of a million bytes" => new TarBytes().AddPax('x', ("path", string.Join('/', Enumerable.Repeat(new string('a', 99), 10_000)))).Add("f").End(),
        "deep path" => new TarBytes().AddPax('x', ("path", string.Join('/', Enumerable.Repeat("a", 1500)))).Add("f").End(),
        "gzip cut" => Gzip(TarBytes.Of(("f", '0', Noise(5000))))[..4000],
        "gzip damaged" => Damaged(),
        "gzip within gzip" => Gzip(Gzip(TarBytes.Of(("f", '0', "x")))),
        "zstd" => [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0, 0, 0],
        "bomb" => Gzip(TarBytes.Of(("f", '0', new string('\0', 4 << 20)))),
        "too many members" => Many(101),
        "too large" => TarBytes.Of(("f", '0', new string('x', 9 << 20))),
        "garbage after the end" => [.. TarBytes.Of(("f", '0', "x")), .. Encoding.ASCII.GetBytes(new string('x', 100_000))],
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    [Fact]
    public async Task Names_that_git_refuses_are_escaped_and_can_be_checked_out()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var tar = TarBytes.Of(
            (".git/config", '0', "x"), ("a/.GIT/b", '0', "x"), (".gitmodules", '0', "[submodule"), ("a/.gitattributes", '0', "* text"), ("git~1", '0', "x"), ("d/line\nbreak", '0', "x"),
            ("\xff\xfe", '0', "x"), (".git. ", '0', "x"), ("a/.gitmodules", '2', "../x"), ("back\\.git\\x", '0', "x"), ("@", '0', "x"), ("e/@/f/g", '0', "y"), ("%2Egit", '0', "z"));
        await fixture.RoundTripAsync(tar);
        fixture.Git("fsck", "--strict");
        var clone = Path.Combine(fixture.Folder, "clone");
        GraphFixture.Run("git", "clone", "-q", "-b", "image/test/image/@", fixture.Graph.Path, clone);
        File.ReadAllText(Path.Combine(clone, "rootfs", "%2Egit", "config")).ShouldBe("x");
        File.ReadAllText(Path.Combine(clone, "rootfs", "%252Egit")).ShouldBe("z");
        GraphFixture.Run("git", "-C", clone, "status", "--porcelain").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_absolute_name_stands_below_the_images_root()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.RoundTripAsync(TarBytes.Of(("/etc/passwd", '0', "x")));
        fixture.Graph.Find("test/image").Entries().Select(entry => entry.Path).ShouldBe(["etc/passwd"]);
    }

    [Fact]
    public async Task An_archive_without_its_end_is_accepted_as_others_accept_it()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.RoundTripAsync(new TarBytes().Add("a", '0', "x").End(0));
    }

    [Fact]
    public async Task A_path_that_stands_twice_is_accepted_when_asked_for()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.RoundTripAsync(TarBytes.Of(("f", '0', "first"), ("f", '0', "second"), ("f", '0', "third")), new ImportOptions { Duplicates = DuplicatePaths.LastWins });
        using var content = new StreamReader(fixture.Graph.Find("test/image").OpenFile("f", out _)!);
        content.ReadToEnd().ShouldBe("third");
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("size")]
    [InlineData("diff_id")]
    [InlineData("config")]
    public async Task What_was_promised_otherwise_is_refused(string what)
    {
        using var fixture = await GraphFixture.CreateAsync();
        var tar = TarBytes.Of(("f", '0', "x"));
        var wrong = "sha256:" + new string('0', 64);
        var layer = new SourceLayer(_ => Task.FromResult<Stream>(new MemoryStream(tar)), what == "digest" ? wrong : null, what == "size" ? tar.Length - 1 : null, what == "diff_id" ? wrong : null);
        ReadOnlyMemory<byte>? config = what == "config" ? Encoding.UTF8.GetBytes("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + wrong + "\"]}}") : null;
        var failure = await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.ImportAsync(new Given(new SourceImage(config, [layer])), ImageName.Parse("a"), new ImportOptions(), CancellationToken.None));
        failure.Fault.ShouldBe(ImageFault.DigestMismatch);
        fixture.Graph.Lineages().ShouldBeEmpty();
    }

    private sealed class Given(SourceImage image) : IImageSource
    {
        public string Name => "given";
        public Task<SourceImage> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(image);
    }

    private static byte[] Edited(byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] Damaged()
    {
        var zipped = Gzip(TarBytes.Of(("f", '0', Noise(5000))));
        return Edited(zipped, zipped.Length - 6, (byte)(zipped[^6] ^ 1));
    }

    private static byte[] Many(int count)
    {
        var tar = new TarBytes();
        for (var i = 0; i < count; i++) tar.Add("f" + i);
        return tar.End();
    }

    private static string Noise(int length)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(bytes);
        return zipped.ToArray();
    }
}
