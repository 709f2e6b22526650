using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using Flotilla.Images.Compression.Real;
using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;
using Flotilla.Testing;

namespace Flotilla.Images.Tests;

/// <summary>What packs are compressed with: the system's libdeflate where it is there, .NET's zlib where not and for large contents.</summary>
public sealed class CompressionTests
{
    // Runs and noise: what shrinks, what does not, and both in one.
    private static readonly Gen<byte[]> Contents =
        from parts in (from noise in ArbMap.Default.GeneratorFor<byte[]>() from length in Gen.Choose(0, 70_000) from value in Gen.Choose(0, 255) select (byte[])[.. noise, .. Enumerable.Repeat((byte)value, length)]).ListOf()
        select parts.SelectMany(part => part).ToArray();

    private static string? Missing() => Peer.Missing(LibDeflate.IsUsed, "libdeflate.so.0", "libdeflate0");

    [Fact]
    public void Either_reads_what_the_other_wrote()
    {
        Assert.SkipWhen(Missing() is not null, Missing() ?? "");
        Prop.ForAll(Contents.ToArbitrary(), Gen.Choose(0, 9).ToArbitrary(), (content, level) =>
        {
            var compressed = new byte[LibDeflate.Bound(content.Length)];
            var length = LibDeflate.Compress(content, compressed, level);
            using var read = new MemoryStream();
            using (var zlib = new ZLibStream(new MemoryStream(compressed, 0, length), CompressionMode.Decompress)) zlib.CopyTo(read);
            using var written = new MemoryStream();
            using (var zlib = new ZLibStream(written, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true)) zlib.Write(content);
            var back = new byte[content.Length];
            // .NET's stream writes nothing at all for nothing.
            return read.ToArray().AsSpan().SequenceEqual(content)
                && (content.Length == 0 || (LibDeflate.TryDecompress([.. written.ToArray(), 1, 2, 3], back) && back.AsSpan().SequenceEqual(content)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_damaged_cut_or_of_another_length_is_refused()
    {
        Assert.SkipWhen(Missing() is not null, Missing() ?? "");
        var content = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i}\n")));
        var compressed = new byte[LibDeflate.Bound(content.Length)];
        compressed = compressed[..LibDeflate.Compress(content, compressed, 4)];
        LibDeflate.TryDecompress(compressed, new byte[content.Length]).ShouldBeTrue();
        LibDeflate.TryDecompress(compressed, new byte[content.Length + 1]).ShouldBeFalse();
        LibDeflate.TryDecompress(compressed, new byte[content.Length - 1]).ShouldBeFalse();
        for (var cut = 0; cut < compressed.Length; cut += 7) LibDeflate.TryDecompress(compressed.AsSpan(0, cut), new byte[content.Length]).ShouldBeFalse();
        for (var at = 2; at < compressed.Length; at += 7)
        {
            var damaged = compressed.ToArray();
            damaged[at] ^= 0x10;
            LibDeflate.TryDecompress(damaged, new byte[content.Length]).ShouldBeFalse();
        }
        LibDeflate.Compress(content, new byte[10], 4).ShouldBe(0);
    }

    [Fact]
    public async Task A_graph_is_the_same_with_and_without_libdeflate()
    {
        Assert.SkipWhen(Missing() is not null, Missing() ?? "");
        var tar = TarBytes.Of(("etc", '5', ""), ("etc/empty", '0', ""), ("etc/motd", '0', "welcome"), ("big", '0', string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i}\n"))));
        var commits = new List<string>();
        foreach (var isUsed in new[] { false, true })
        {
            using var fixture = await GraphFixture.CreateAsync();
            try
            {
                LibDeflate.IsUsed = isUsed;
                var imported = await fixture.ImportAsync(tar);
                fixture.Git("fsck", "--strict");
                commits.Add(fixture.Git("rev-parse", $"{imported.Commit}^{{tree}}"));
                LibDeflate.IsUsed = !isUsed;
                (await fixture.ExportAsync()).ShouldBe(tar);
            }
            finally
            {
                LibDeflate.IsUsed = true;
            }
        }
        commits.Distinct().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1000_000)]
    public void Content_of_another_length_than_its_pack_says_is_refused(int size)
    {
        using var folder = new TemporaryFolder();
        foreach (var said in new[] { size - 1, size, size + 1 })
        {
            using var pack = Pack(folder.File($"{said}"), said, new byte[size]);
            using var content = pack.TryOpen(12, out var promised)!;
            promised.ShouldBe(said);
            if (said == size)
            {
                using var read = new MemoryStream();
                content.CopyTo(read);
                read.ToArray().ShouldBe(new byte[size]);
                pack.Read(12, out _).ShouldBe(new byte[size]);
                continue;
            }
            // Who asks again is given nothing either.
            for (var again = 0; again < 2; again++) Should.Throw<InvalidDataException>(() => content.CopyTo(Stream.Null));
            Should.Throw<ImageException>(() => pack.Read(12, out _)).Fault.ShouldBe(ImageFault.DamagedGraph);
        }
    }

    // ZLibStream.CopyTo reads its source to the end: behind the content, here, a terabyte of nothing.
    [Theory]
    [InlineData(1000)]
    [InlineData(1000_000)]
    public void Content_is_read_without_what_follows_it(int size)
    {
        using var folder = new TemporaryFolder();
        using var pack = Pack(folder.File("pack"), size, new byte[size], length: 1L << 40);
        using var content = pack.TryOpen(12, out _)!;
        using var read = new MemoryStream();
        content.CopyTo(read);
        read.ToArray().ShouldBe(new byte[size]);
    }

    // A pack with one blob at byte 12.
    private static PackFile Pack(string path, int said, byte[] content, long? length = null)
    {
        using (var file = File.Create(path))
        {
            file.Write([.. "PACK"u8, 0, 0, 0, 2, 0, 0, 0, 1]);
            var (left, each) = (said >> 4, (byte)(((int)ObjectType.Blob << 4) | (said & 15)));
            for (; left > 0; left >>= 7)
            {
                file.WriteByte((byte)(each | 0x80));
                each = (byte)(left & 0x7f);
            }
            file.WriteByte(each);
            using (var zlib = new ZLibStream(file, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(content);
            file.Write(new byte[ObjectId.Size]);
            if (length is { } larger) file.SetLength(larger);
        }
        return new PackFile(path, new PackIndex(PackIndex.Build([new PackedObject(ObjectId.Of(ObjectType.Blob, content), 0, 12)], new byte[ObjectId.Size]), path));
    }
}
