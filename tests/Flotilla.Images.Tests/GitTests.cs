using System.Text;
using Flotilla.Images.Checking;
using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;

namespace Flotilla.Images.Tests;

/// <summary>The graph is a git repository like any other.</summary>
public sealed class GitTests
{
    private static byte[] Version(int number) => TarBytes.Of(
        ("etc", '5', ""), ("etc/motd", '0', "version " + number), ("usr", '5', ""), ("usr/big", '0', string.Concat(Enumerable.Range(0, 4000).Select(i => $"line {i}{(i == number ? " changed" : "")}\n"))));

    [Fact]
    public async Task It_passes_fsck_and_goes_through_a_push_that_checks_objects()
    {
        using var fixture = await GraphFixture.CreateAsync();
        for (var i = 0; i < 3; i++) await fixture.ImportAsync(Version(i));
        fixture.Git("fsck", "--strict");
        var remote = Path.Combine(fixture.Folder, "remote.git");
        GraphFixture.Run("git", "init", "-q", "--bare", remote);
        GraphFixture.Run("git", "-C", remote, "config", "transfer.fsckObjects", "true");
        fixture.Git("push", "-q", remote, "refs/heads/image/*:refs/heads/image/*");
        using var there = ImageGraph.Open(remote, TimeProvider.System);
        using var tar = new MemoryStream();
        await there.Find("test/image~1").Layers[0].WriteToAsync(tar, CancellationToken.None);
        tar.ToArray().ShouldBe(Version(1));
    }

    [Fact]
    public async Task Links_beside_contents_too_large_for_memory_are_whole_in_git()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var tar = new TarBytes();
        // The largest that waits with others and the largest that is held at all, and a byte more of each.
        foreach (var (i, size) in new[] { PackWriter.HeldMax + 1, PackWriter.HeldMax, PackWriter.WholeMax + 1, PackWriter.WholeMax }.Index())
        {
            tar.Add($"link{i}", '2', $"some/target{i}");
            tar.Add($"large{i}", '0', new string('x', size));
        }
        await fixture.RoundTripAsync(tar.Add("last", '2', "the/last").End());
        fixture.Git("fsck", "--strict");
        for (var i = 0; i < 4; i++) fixture.Git("cat-file", "blob", $"refs/heads/image/test/image/@:rootfs/link{i}").ShouldBe($"some/target{i}");
        fixture.Git("cat-file", "blob", "refs/heads/image/test/image/@:rootfs/last").ShouldBe("the/last");
    }

    [Fact]
    public async Task Contents_that_are_compressed_already_are_whole_in_git()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var random = new Random(1);
        string[] starts = ["\x1f\x8b\x08", "\xfd7zXZ\0", "\x28\xb5\x2f\xfd", "BZh9", "\x89PNG", "\xff\xd8\xff"];
        var tar = new TarBytes();
        foreach (var (index, start) in starts.Index())
            foreach (var size in new[] { 0, 1, 70_000, PackWriter.HeldMax, PackWriter.WholeMax })
                tar.Add($"{index}-{size}", '0', start + string.Create(size, random, static (text, random) => { foreach (ref var each in text) each = (char)random.Next(256); }));
        await fixture.RoundTripAsync(tar.End());
        fixture.Git("fsck", "--strict");
    }

    [Fact]
    public async Task Packs_that_git_made_with_deltas_are_read()
    {
        using var fixture = await GraphFixture.CreateAsync();
        for (var i = 0; i < 5; i++) await fixture.ImportAsync(Version(i));
        await fixture.Graph.CollectGarbageAsync(CancellationToken.None);
        fixture.Git("verify-pack", "-v", Directory.GetFiles(Path.Combine(fixture.Graph.Path, "objects", "pack"), "*.idx").ShouldHaveSingleItem()).ShouldContain("chain length = 1");
        for (var i = 0; i < 5; i++) (await fixture.ExportAsync($"test/image~{4 - i}")).ShouldBe(Version(i));
        (await fixture.ImportAsync(Version(2))).StoredBytes.ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task Files_are_git_files_with_their_history()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(1));
        await fixture.ImportAsync(Version(2));
        fixture.Git("log", "-p", "--format=%s", "image/test/image/@", "--", "rootfs/etc/motd").ShouldContain("-version 1\n");
    }

    [Fact]
    public async Task A_version_has_the_one_before_and_its_upstream_for_parents()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var upstream = await fixture.ImportAsync(Version(1), "base");
        var first = await fixture.ImportAsync(Version(2), "shop:1.0");
        var second = await fixture.ImportAsync(Version(3), "shop:1.0", new ImportOptions { Upstream = fixture.Graph.Find("base"), Trailers = [new("Target", "build")] });
        var image = fixture.Graph.Find("shop:1.0");
        image.Parents.ShouldBe([first.Commit, upstream.Commit]);
        image.Trailers.ShouldContain(new KeyValuePair<string, string>("Upstream", $"base {upstream.Commit}"));
        image.Trailers.ShouldContain(new KeyValuePair<string, string>("Target", "build"));
        image.Trailers.ShouldContain(new KeyValuePair<string, string>("Diff-Id", second.DiffIds[0]));
        fixture.Graph.History(image).Select(version => version.Commit).ShouldBe([second.Commit, first.Commit]);
        fixture.Git("log", "--format=%(trailers:key=Upstream,valueonly)", "-1", "image/shop%3A1.0/@").ShouldContain(upstream.Commit.ToString());
    }

    [Fact]
    public async Task The_same_image_again_is_no_new_version()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var first = await fixture.ImportAsync(Version(1));
        var again = await fixture.ImportAsync(Version(1));
        (again.IsNew, again.Commit, again.StoredBytes).ShouldBe((false, first.Commit, 0));
        (await fixture.ImportAsync(Version(1), "test/image/below")).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_imports_at_once_into_one_lineage_both_stand()
    {
        using var fixture = await GraphFixture.CreateAsync();
        using var other = ImageGraph.Open(fixture.Graph.Path, TimeProvider.System);
        var imports = Enumerable.Range(0, 8).Select(i => Task.Run(() => (i % 2 == 0 ? fixture.Graph : other).ImportAsync(
            new GraphFixture.MemorySource([Version(i)], null), ImageName.Parse("test/image"), new ImportOptions(), CancellationToken.None)));
        var commits = (await Task.WhenAll(imports)).Select(each => each.Commit);
        fixture.Graph.History(fixture.Graph.Find("test/image")).Select(version => version.Commit).ShouldBe(commits, ignoreOrder: true);
        fixture.Git("fsck", "--strict");
    }

    [Fact]
    public async Task What_a_dead_import_left_is_swept()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(1));
        var packs = Path.Combine(fixture.Graph.Path, "objects", "pack");
        var orphan = Path.Combine(packs, $"pack-{new string('a', 40)}.pack");
        File.WriteAllText(Path.Combine(packs, "tmp_flotilla_dead"), "x");
        File.WriteAllText(orphan, "x");
        await fixture.ImportAsync(Version(2));
        File.Exists(orphan).ShouldBeFalse();
        Directory.GetFiles(packs, "tmp_*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Verification_finds_nothing_wrong_in_what_was_imported_and_names_what_was_changed()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(1));
        (await fixture.Graph.VerifyAsync(fixture.Graph.Find("test/image"), CancellationToken.None)).Problems.ShouldBeEmpty();
        // A commit with the trailers of another tree: what somebody who rewrites history would make.
        var blob = fixture.Git("rev-parse", "image/test/image/@:rootfs/etc/motd").Trim();
        var forged = Forge(fixture, blob);
        var verified = await fixture.Graph.VerifyAsync(fixture.Graph.Load(forged), CancellationToken.None);
        verified.Succeeded.ShouldBeFalse();
        verified.Problems.Select(problem => problem.What).ShouldContain("The tree is not the one that was committed.");
    }

    [Theory]
    [InlineData("", "it is empty.")]
    [InlineData("a//b", "it has an empty part")]
    [InlineData("a b", "it contains \" \"")]
    [InlineData(".a", "does not begin with a letter")]
    [InlineData("a.lock", "ends in .lock")]
    [InlineData("a..b", "two dots")]
    [InlineData("a@b", "it contains \"@\"")]
    public void A_name_that_cannot_be_one_is_refused_with_the_reason(string name, string why)
    {
        var failure = Should.Throw<ImageException>(() => ImageName.Parse(name));
        failure.Fault.ShouldBe(ImageFault.BadName);
        failure.Problem.Why.ShouldNotBeNull().ShouldContain(why);
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_answered_with_the_nearest()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(1), "example.com/shop/1.0");
        Should.Throw<ImageException>(() => fixture.Graph.Find("example.com/shp/1.0")).Problem.Fix.ShouldBe("Did you mean \"example.com/shop/1.0\"?");
        fixture.Graph.Find(fixture.Graph.Find("example.com/shop/1.0").Commit.ToString()[..8]).Name.ShouldBe("example.com/shop/1.0");
    }

    private static ObjectId Forge(GraphFixture fixture, string blob)
    {
        var tree = fixture.Git("rev-parse", "image/test/image/@^{tree}").Trim();
        var index = Path.Combine(fixture.Folder, "index");
        var env = $"GIT_INDEX_FILE={index}";
        GraphFixture.Run("env", env, "git", "-C", fixture.Graph.Path, "read-tree", tree);
        GraphFixture.Run("env", env, "git", "-C", fixture.Graph.Path, "update-index", "--add", "--cacheinfo", $"100644,{blob},rootfs/usr/big");
        var changed = GraphFixture.Run("env", env, "git", "-C", fixture.Graph.Path, "write-tree").Trim();
        var message = Path.Combine(fixture.Folder, "message");
        File.WriteAllText(message, fixture.Git("log", "-1", "--format=%B", "image/test/image/@"), new UTF8Encoding(false));
        var commit = GraphFixture.Run("git", "-C", fixture.Graph.Path, "-c", "user.name=x", "-c", "user.email=x@x", "commit-tree", changed, "-F", message).Trim();
        ObjectId.TryParse(commit, out var id).ShouldBeTrue();
        return id;
    }
}
