using System.Text;
using Flotilla.Images.Sources;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Tests;

/// <summary>Full disks, crowds of members, and who works at the same time. Alone, since memory is measured.</summary>
[CollectionDefinition(nameof(HardCasesTests), DisableParallelization = true)]
[Collection(nameof(HardCasesTests))]
public sealed class HardCasesTests
{
    private const long MemoryMax = 512L << 20;

    [Fact]
    public async Task A_full_disk_is_said_and_leaves_the_graph_as_it_was()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var disk = Path.Combine(fixture.Folder, "disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can mount a small file system.");
        var mount = System.Diagnostics.Process.Start("mount", ["-t", "tmpfs", "-o", "size=2m", "none", disk]);
        await mount.WaitForExitAsync();
        Assert.SkipUnless(mount.ExitCode == 0, "This machine does not let its root mount file systems.");
        try
        {
            using var graph = await ImageGraph.OpenOrCreateAsync(Path.Combine(disk, "g"), TimeProvider.System, CancellationToken.None);
            var first = await ImportAsync(graph, Noise(1, 100_000), "shop");
            // The disk runs full within the pack, at its end, at the commit, and while git writes the branch.
            var commit = first.Commit;
            foreach (var bytes in Enumerable.Range(0, 40).Select(i => 2_040_000 - i * 8_192).Prepend(3_000_000).Prepend(20_000_000))
            {
                try
                {
                    commit = (await ImportAsync(graph, Noise(bytes, bytes), "shop")).Commit;
                    bytes.ShouldBeLessThan(2_000_000);
                }
                catch (ImageException failure)
                {
                    failure.Fault.ShouldBe(ImageFault.DiskFull, $"{bytes}: {failure.Problem}");
                    failure.Problem.Fix.ShouldNotBeNull().ShouldStartWith("Make room and run the command again; the graph is as it was.");
                    Directory.EnumerateFiles(Path.Combine(graph.Path, "objects", "pack"), "tmp_*").ShouldBeEmpty();
                }
                graph.Find("shop").Commit.ShouldBe(commit);
                GraphFixture.Run("git", "-C", graph.Path, "fsck", "--strict");
            }
            await fixture.ImportAsync(Noise(3, 5_000_000), "large");
            (await Assert.ThrowsAsync<ImageException>(() => graph.PullAsync(fixture.Graph.Path, [], null, CancellationToken.None))).Fault.ShouldBe(ImageFault.DiskFull);
            (await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.PushAsync(graph.Path, [], null, CancellationToken.None))).Fault.ShouldBe(ImageFault.DiskFull);
            GraphFixture.Run("git", "-C", graph.Path, "fsck", "--strict");
            (await graph.VerifyAsync(graph.Find("shop"), CancellationToken.None)).Problems.ShouldBeEmpty();
        }
        finally
        {
            GraphFixture.Run("umount", "--lazy", disk);
        }
    }

    [Fact]
    public async Task The_removal_of_garbage_and_imports_at_the_same_time_lose_nothing()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Noise(0, 50_000), "lineage/0");
        using var other = ImageGraph.Open(fixture.Graph.Path, TimeProvider.System);
        // One collection for each import, begun at the same moment: collections without a pause would keep imports waiting.
        const int Imports = 12;
        for (var i = 1; i <= Imports; i++)
        {
            var (number, name) = (i, $"lineage/{i % 3}");
            await Task.WhenAll(Task.Run(() => fixture.ImportAsync(Noise(number, 50_000), name)), Task.Run(() => other.CollectGarbageAsync(CancellationToken.None)));
        }
        fixture.Git("fsck", "--strict");
        using var after = ImageGraph.Open(fixture.Graph.Path, TimeProvider.System);
        foreach (var (name, commit) in after.Lineages())
            foreach (var version in after.History(after.Load(commit)))
                (await after.VerifyAsync(version, CancellationToken.None)).Problems.ShouldBeEmpty(name.ToString());
        after.Lineages().Sum(each => after.History(after.Load(each.Commit)).Count()).ShouldBe(13);
    }

    [Fact]
    public async Task As_many_members_as_the_limit_lets_in_fit_into_memory()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var tar = new ManyMembers(ImageLimits.Default.EntriesMax);
        await fixture.Graph.ImportAsync(new StreamSource(tar), ImageName.Parse("many"), new ImportOptions(), CancellationToken.None);
        tar.MemoryMax.ShouldBeLessThan(MemoryMax);
        fixture.Graph.Find("many").Layers[0].Members.ShouldBe(ImageLimits.Default.EntriesMax);
    }

    [Fact]
    public async Task A_million_members_are_refused_before_they_take_the_memory()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var tar = new ManyMembers(1_000_000);
        var failure = await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.ImportAsync(new StreamSource(tar), ImageName.Parse("many"), new ImportOptions(), CancellationToken.None));
        (failure.Fault, failure.Problem.What).ShouldBe((ImageFault.TooLarge, "The layer has more than 300000 members."));
        tar.MemoryMax.ShouldBeLessThan(MemoryMax);
        fixture.Graph.Lineages().ShouldBeEmpty();
    }

    private static Task<ImportedImage> ImportAsync(ImageGraph graph, byte[] tar, string name) =>
        graph.ImportAsync(new GraphFixture.MemorySource([tar], null), ImageName.Parse(name), new ImportOptions(), CancellationToken.None);

    // Nothing that compresses, so that its size is that of its pack.
    private static byte[] Noise(int seed, int bytes)
    {
        var noise = new byte[bytes];
        new Random(seed).NextBytes(noise);
        return TarBytes.Of(("noise", '0', Encoding.Latin1.GetString(noise)), ("seed", '0', $"{seed}"));
    }

    private sealed class StreamSource(Stream tar) : IImageSource
    {
        public string Name => "stream";

        public Task<SourceImage> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(new SourceImage(null, [new SourceLayer(_ => Task.FromResult(tar))]));
    }

    /// <summary>A tar of empty files that is made while it is read, and watches the memory meanwhile.</summary>
    private sealed class ManyMembers(long count) : Stream
    {
        private readonly byte[] _header = new TarBytes().Add(new string('0', 32)).End(0);
        private readonly long _start = GC.GetTotalMemory(forceFullCollection: true);
        private long _at;

        public long MemoryMax { get; private set; }
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            MemoryMax = Math.Max(MemoryMax, GC.GetTotalMemory(forceFullCollection: false) - _start);
            var (member, offset) = Math.DivRem(_at, TarHeader.BlockSize);
            if (member >= count + 2 || buffer.IsEmpty) return 0;
            if (offset == 0) Make(member);
            var part = Math.Min(buffer.Length, TarHeader.BlockSize - (int)offset);
            _header.AsSpan((int)offset, part).CopyTo(buffer);
            _at += part;
            return part;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        private void Make(long member)
        {
            if (member >= count)
            {
                _header.AsSpan().Clear();
                return;
            }
            Encoding.ASCII.GetBytes($"d{member / 10_000:000}/e{member / 100 % 100:00}/f{member:00000000}").CopyTo(_header, 0);
            _header[22] = 0;
            TarBytes.Put(_header, TarField.Checksum, Convert.ToString(TarHeader.Checksum(_header), 8).PadLeft(6, '0') + "\0 ");
        }

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
