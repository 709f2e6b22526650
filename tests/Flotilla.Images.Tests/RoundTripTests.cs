using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Flotilla.Images.Tar;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Images.Tests;

/// <summary>What came in as a tar goes out as the same bytes, whoever wrote it.</summary>
public sealed class RoundTripTests
{
    private static readonly string[] Names =
    [
        "a", "etc", ".git", ".GIT", "git~1", ".gitmodules", ".gitattributes", "@", "%", "%41", ".wharf", "with space", "tab\there", "new\nline", "ünïcode", "\u200c.git",
        "back\\slash", "back\\.git", "lib", "x86_64-linux-gnu", new string('n', 120), new string('ä', 130), "dot.", "CON", "a:b", ".", "-",
    ];

    private static Gen<List<TarEntry>> Entries(TarEntryFormat format)
    {
        var component = Gen.Elements(Names.Where(name => name != "." && (format is not (TarEntryFormat.Ustar or TarEntryFormat.V7) || (name.Length <= 30 && name.All(char.IsAscii)))));
        var path = Gen.Choose(1, format is TarEntryFormat.V7 or TarEntryFormat.Ustar ? 3 : 5).SelectMany(depth => Gen.ArrayOf(component, depth)).Select(parts => string.Join('/', parts));
        var entry =
            from kind in Gen.Choose(0, 5)
            from name in path
            from mode in Gen.Choose(0, 0xfff)
            from owner in Gen.Elements(0, 33, 1000, 65534)
            from time in Gen.Choose(0, int.MaxValue)
            from size in Gen.Elements(0, 1, 511, 512, 513, 5000)
            from prefix in Gen.Elements("./", "")
            select Make(format, kind, prefix + name, mode, owner, time, size);
        return Gen.ListOf(entry).Select(entries => Distinct(entries));
    }

    private static TarEntry Make(TarEntryFormat format, int kind, string name, int mode, int owner, int time, int size)
    {
        var type = kind switch { 0 => TarEntryType.Directory, 1 => TarEntryType.SymbolicLink, _ => format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile };
        if (type == TarEntryType.Directory) name += "/";
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new PaxTarEntry(type, name, [KeyValuePair.Create("SCHILY.xattr.user.note", "n" + size), KeyValuePair.Create("VENDOR.key", "välue")]),
        };
        entry.Mode = (UnixFileMode)mode;
        entry.Uid = owner;
        entry.Gid = owner / 2;
        entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(time).AddTicks(time % 3);
        if (type == TarEntryType.SymbolicLink) entry.LinkName = "../" + new string('t', size % 60 + 1);
        else if (type != TarEntryType.Directory) entry.DataStream = new MemoryStream(Encoding.ASCII.GetBytes(new string((char)('a' + size % 26), size)));
        return entry;
    }

    // No path twice, and no file where a folder must be: both are refused, and tested elsewhere.
    private static List<TarEntry> Distinct(IEnumerable<TarEntry> entries)
    {
        var kept = new List<TarEntry>();
        var taken = new HashSet<string>();
        var leaves = new HashSet<string>();
        foreach (var entry in entries)
        {
            var path = Normal(entry.Name);
            var parents = Parents(path).ToList();
            var leaf = entry.EntryType != TarEntryType.Directory;
            if (kept.Any(other => Normal(other.Name) == path) || parents.Any(leaves.Contains) || (leaf && taken.Contains(path))) continue;
            kept.Add(entry);
            taken.UnionWith(parents);
            if (leaf) leaves.Add(path);
        }
        return kept;
    }

    private static string Normal(string name) => name.TrimEnd('/') is var path && path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/')) yield return path = path[..slash];
    }

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public async Task Any_tar_comes_out_as_it_went_in(TarEntryFormat format)
    {
        using var fixture = await GraphFixture.CreateAsync();
        Prop.ForAll(Entries(format).ToArbitrary(), entries =>
        {
            using var bytes = new MemoryStream();
            using (var writer = new TarWriter(bytes, format, leaveOpen: true))
                foreach (var entry in entries)
                {
                    if (entry.DataStream is { } data) data.Position = 0;
                    writer.WriteEntry(entry);
                }
            // A writer that was given nothing writes nothing, and nothing is no tar.
            if (bytes.Length == 0) return;
            fixture.RoundTripAsync(bytes.ToArray()).GetAwaiter().GetResult();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
        fixture.Git("fsck", "--strict");
    }

    [Theory]
    [InlineData("gnu")]
    [InlineData("pax")]
    [InlineData("ustar")]
    [InlineData("v7")]
    [InlineData("oldgnu")]
    public async Task A_tar_of_GNU_tar_comes_out_as_it_went_in(string format)
    {
        Assert.SkipWhen(Peer.Missing("tar", "tar") is not null, "GNU tar is not installed.");
        using var fixture = await GraphFixture.CreateAsync();
        using var root = new TemporaryFolder();
        root.Write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        root.Write("usr/share/doc/a b/copyright", "text");
        root.Write(".gitignore", "*");
        File.CreateSymbolicLink(root.File("etc", "link"), "/usr/share/doc");
        File.SetUnixFileMode(root.Write("usr/bin/sudo", "#!"), (UnixFileMode)0xdc9);
        if (format != "v7" && format != "ustar") root.Write(string.Join('/', Enumerable.Repeat("a-long-name-of-a-folder", 8)) + "/file", "deep");
        GraphFixture.Run("ln", root.File("etc", "passwd"), root.File("etc", "shadow"));
        if (format != "v7") GraphFixture.Run("mkfifo", root.File("etc", "pipe"));
        var tar = Path.Combine(fixture.Folder, "made.tar");
        GraphFixture.Run("tar", $"--format={format}", "-C", root.Path, "-cf", tar, ".");
        var bytes = await File.ReadAllBytesAsync(tar);
        await fixture.RoundTripAsync(bytes);
        // The headers follow from the lines: hardly any had to be kept.
        fixture.Graph.Find("test/image").Layers[0].Reader.Members().Count(member => member.Raw is not null).ShouldBe(0);
        await fixture.RoundTripAsync(bytes, new ImportOptions { ProveEverything = true });
        fixture.Git("fsck", "--strict");
    }

    [Fact]
    public async Task Headers_that_no_one_else_writes_are_kept_as_they_are()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.RoundTripAsync(new TarBytes()
            .Add("./", '5')
            .Add("./spaces", '0', "x", header => TarBytes.Put(header, TarField.Mode, "   644 \0"))
            .Add("./base256", '0', "y", header => { TarField.User.Of((Span<byte>)header).Clear(); header[TarField.User.Offset] = 0x80; header[TarField.User.Offset + 7] = 7; })
            .Add("./before-1970", '0', "z", header => { TarField.Modified.Of((Span<byte>)header).Fill(0xff); })
            .Add("absolute", '0', "a")
            .Add("/rooted", '0', "b")
            .Add("twice//slashed/./name", '0', "c")
            .Add("behind the name", '0', "d", header => header[90] = (byte)'!')
            .Add("contiguous", '7', "e")
            .Add("nameless owner", '0', "f", header => TarBytes.Put(header, TarField.UserName, "someone"))
            .Add("same owner", '0', "g", header => TarBytes.Put(header, TarField.UserName, "else"))
            .Add("not utf8 \xff\xfe", '0', "h")
            .Add("null", '3', "", header => { TarBytes.Put(header, TarField.DeviceMajor, "0000001\0"); TarBytes.Put(header, TarField.DeviceMinor, "0000003\0"); })
            .Add("folder with a size", '5', "", header => TarBytes.Put(header, TarField.Size, "00000010000\0"))
            .AddPax('x', ("mtime", "1700000000.500000000"), ("comment", "a=b\nc"), ("SCHILY.xattr.user.a=b", "\0\xff"), ("SCHILY.xattr.user.empty", ""), ("path", "./from pax"))
            .Add("./from p", '0', "i")
            .AddPax('g', ("comment", "a commit"))
            .Add("after global", '0', "j")
            .End(10240));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(10240)]
    [InlineData(1536 + 7)]
    public async Task The_end_of_an_archive_is_kept(int zeros)
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.RoundTripAsync(new TarBytes().Add("a", '0', "x").End(zeros));
    }

    [Fact]
    public async Task What_follows_the_end_is_kept_too()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.RoundTripAsync([.. TarBytes.Of(("a", '0', "x")), .. "and more"u8]);
        await fixture.RoundTripAsync([.. TarBytes.Of(("a", '0', "x")), .. TarBytes.Of(("b", '0', "y"))]);
    }

    [Fact]
    public async Task Padding_that_is_not_zero_is_kept()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var tar = TarBytes.Of(("a", '0', "x"), ("b", '0', "y"));
        tar[600] = 1;
        await fixture.RoundTripAsync(tar);
    }

    [Fact]
    public async Task Content_larger_than_what_is_held_in_memory_comes_out_as_it_went_in()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var random = new Random(7);
        var large = new byte[5 * 1024 * 1024 + 3];
        random.NextBytes(large);
        var tar = new TarBytes().Add("small", '0', "s").Add("large", '0', Encoding.Latin1.GetString(large)).Add("last", '0', "l").End();
        await fixture.RoundTripAsync(tar);
        (await fixture.ImportAsync(tar, "other/image")).StoredBytes.ShouldBeLessThan(2000);
        fixture.Git("fsck", "--strict");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public async Task Long_values_of_characters_outside_the_basic_plane_are_kept(string before)
    {
        using var fixture = await GraphFixture.CreateAsync();
        var value = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(before + string.Concat(Enumerable.Repeat("\U0001f6a2", 20_000))));
        await fixture.RoundTripAsync(new TarBytes().AddPax('x', ("comment", value)).Add("a", '0', "text").End());
    }

    [Fact]
    public async Task A_gzipped_tar_is_its_tar()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var tar = TarBytes.Of(("a", '0', "x"));
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(tar);
        await fixture.ImportAsync(zipped.ToArray());
        (await fixture.ExportAsync()).ShouldBe(tar);
    }

    [Fact]
    public async Task Members_in_an_order_that_is_no_walk_come_out_in_it()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.RoundTripAsync(TarBytes.Of(
            ("usr/lib/b", '0', "1"), ("etc/x/y/z", '0', "2"), ("usr/lib/a", '0', "3"), ("usr", '5', ""), ("etc/x/y/a", '0', "4"), ("usr/lib", '5', ""), ("top", '0', "5"), ("usr/lib/c", '0', "6")));
    }
}
