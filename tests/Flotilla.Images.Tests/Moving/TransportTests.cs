using System.Text;
using Flotilla.Images.Moving;

namespace Flotilla.Images.Tests.Moving;

/// <summary>Pushes, pulls and bundles between graphs, through git itself.</summary>
public sealed class TransportTests
{
    private static byte[] Version(int number) => TarBytes.Of(
        ("etc", '5', ""), ("etc/motd", '0', "version " + number), ("usr", '5', ""), ("usr/big", '0', string.Concat(Enumerable.Range(0, 4000).Select(i => $"line {i}{(i == number ? " changed" : "")}\n"))));

    [Fact]
    public async Task A_push_takes_the_history_along_and_a_pull_brings_it_back_byte_for_byte()
    {
        using var fixture = await GraphFixture.CreateAsync();
        for (var i = 0; i < 4; i++) await fixture.ImportAsync(Version(i), "example.com/shop/1.0");
        await fixture.ImportAsync(Version(9), "base");
        // Deltas, as a git host makes them.
        await fixture.Graph.CollectGarbageAsync(CancellationToken.None);
        var remote = Bare(fixture, "remote.git");
        var heard = new List<string>();
        var pushed = await fixture.Graph.PushAsync(remote, [], new Heard(heard), CancellationToken.None);
        pushed.Images.Select(each => (each.Name.ToString(), each.Outcome)).ShouldBe([("base", TransferOutcome.New), ("example.com/shop/1.0", TransferOutcome.New)]);
        heard.ShouldContain(line => line.StartsWith("Writing objects: 100%"));
        GraphFixture.Run("git", "-C", remote, "fsck", "--strict");

        using var other = await ImageGraph.OpenOrCreateAsync(Path.Combine(fixture.Folder, "other"), TimeProvider.System, CancellationToken.None);
        var pulled = await other.PullAsync(remote, ["shop/1.0"], null, CancellationToken.None);
        pulled.Images.ShouldHaveSingleItem().Commit.ShouldBe(fixture.Graph.Find("example.com/shop/1.0").Commit);
        other.Lineages().Select(each => each.Name.ToString()).ShouldBe(["example.com/shop/1.0"]);
        for (var i = 0; i < 4; i++)
        {
            using var tar = new MemoryStream();
            await other.Find($"example.com/shop/1.0~{3 - i}").Layers[0].WriteToAsync(tar, CancellationToken.None);
            tar.ToArray().ShouldBe(Version(i));
        }
        (await other.VerifyAsync(other.Find("example.com/shop/1.0"), CancellationToken.None)).Problems.ShouldBeEmpty();
        (await other.PullAsync(remote, ["example.com"], null, CancellationToken.None)).Images.ShouldHaveSingleItem().Outcome.ShouldBe(TransferOutcome.Same);
        Directory.GetFiles(Path.Combine(other.Path, "objects", "pack"), "*.pack").Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_lineage_moves_forward_only_and_who_diverged_is_told_what_to_do()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(0), "shop");
        var remote = Bare(fixture, "remote.git");
        await fixture.Graph.PushAsync(remote, [], null, CancellationToken.None);
        using var other = await ImageGraph.OpenOrCreateAsync(Path.Combine(fixture.Folder, "other"), TimeProvider.System, CancellationToken.None);
        await other.PullAsync(remote, [], null, CancellationToken.None);

        var ours = await fixture.ImportAsync(Version(1), "shop");
        (await fixture.Graph.PullAsync(remote, [], null, CancellationToken.None)).Images.ShouldHaveSingleItem().Outcome.ShouldBe(TransferOutcome.Ahead);
        (await fixture.Graph.PushAsync(remote, [], null, CancellationToken.None)).Images.ShouldHaveSingleItem().Outcome.ShouldBe(TransferOutcome.Updated);

        var theirs = await ImportIntoAsync(other, Version(2), "shop");
        await ImportIntoAsync(other, Version(3), "new");
        var refused = await Assert.ThrowsAsync<ImageException>(() => other.PushAsync(remote, [], null, CancellationToken.None));
        refused.Fault.ShouldBe(ImageFault.Diverged);
        refused.Problem.What.ShouldBe($"shop: {remote} has versions that are not here; nothing was pushed.");
        refused.Problem.Fix.ShouldNotBeNull().ShouldStartWith($"Run \"flotilla image pull {remote} shop\" first.");
        GraphFixture.Run("git", "-C", remote, "for-each-ref").ShouldNotContain("image/new");

        refused = await Assert.ThrowsAsync<ImageException>(() => other.PullAsync(remote, [], null, CancellationToken.None));
        (refused.Fault, refused.Problem.What).ShouldBe((ImageFault.Diverged, $"shop: {remote} has versions that are not here, and here are some that it has not; nothing was taken."));
        other.Find("shop").Commit.ShouldBe(theirs.Commit);

        // What the message advises.
        GraphFixture.Run("git", "-C", other.Path, "branch", "-D", "image/shop/@");
        (await other.PullAsync(remote, [], null, CancellationToken.None)).Images.ShouldHaveSingleItem().Commit.ShouldBe(ours.Commit);
        await ImportIntoAsync(other, Version(2), "shop");
        (await other.PushAsync(remote, [], null, CancellationToken.None)).Images.Select(each => each.Outcome).ShouldBe([TransferOutcome.New, TransferOutcome.Updated]);
        (await fixture.Graph.PushAsync(remote, [], null, CancellationToken.None).ContinueWith(task => task.Exception?.InnerException, TaskScheduler.Default))
            .ShouldBeOfType<ImageException>().Fault.ShouldBe(ImageFault.Diverged);
        (await fixture.Graph.PullAsync(remote, ["shop"], null, CancellationToken.None)).Images.ShouldHaveSingleItem().Outcome.ShouldBe(TransferOutcome.Updated);
    }

    [Fact]
    public async Task A_graph_travels_over_http_and_a_password_in_an_address_is_never_shown()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var name = (await fixture.ImportAsync(Version(0), "shop")).Commit;
        await fixture.ImportAsync(Version(1), "shop");
        Bare(fixture, "remote.git");
        await using var server = await GitHttpServer.StartAsync(fixture.Folder);
        var address = $"http://{GitHttpServer.Login}@{server.Authority}/remote.git";
        var pushed = await fixture.Graph.PushAsync(address, [], null, CancellationToken.None);
        (pushed.Remote, pushed.Images.ShouldHaveSingleItem().Outcome).ShouldBe(($"http://anna:***@{server.Authority}/remote.git", TransferOutcome.New));
        using var other = await ImageGraph.OpenOrCreateAsync(Path.Combine(fixture.Folder, "other"), TimeProvider.System, CancellationToken.None);
        (await other.PullAsync(address, [], null, CancellationToken.None)).Images.ShouldHaveSingleItem().Commit.ShouldBe(fixture.Graph.Find("shop").Commit);
        other.Find("shop~1").Commit.ShouldBe(name);
        (await other.VerifyAsync(other.Find("shop"), CancellationToken.None)).Problems.ShouldBeEmpty();

        foreach (var wrong in (string[])[$"http://anna:s3cret@{server.Authority}/none.git", $"http://anna:s3cret-but-wrong@{server.Authority}/remote.git"])
        {
            var failure = await Assert.ThrowsAsync<ImageException>(() => other.PullAsync(wrong, [], null, CancellationToken.None));
            failure.Fault.ShouldBe(ImageFault.Unreachable);
            failure.ToString().ShouldNotContain("s3cret");
        }
    }

    // The far side of ssh is this machine: what ssh would run there is run here.
    [Fact]
    public async Task A_graph_travels_over_ssh()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(0), "shop");
        var remote = Bare(fixture, "remote.git");
        var hosts = Path.Combine(fixture.Folder, "hosts");
        Environment.SetEnvironmentVariable("GIT_SSH_VARIANT", "ssh");
        Environment.SetEnvironmentVariable("GIT_SSH_COMMAND", $"f() {{ while [ \"${{1#-}}\" != \"$1\" ]; do shift 2; done; echo \"$1\" >>'{hosts}'; shift; eval \"$@\"; }}; f");
        try
        {
            (await fixture.Graph.PushAsync($"images@depot.example.com:{remote}", [], null, CancellationToken.None)).Images.ShouldHaveSingleItem().Outcome.ShouldBe(TransferOutcome.New);
            using var other = await ImageGraph.OpenOrCreateAsync(Path.Combine(fixture.Folder, "other"), TimeProvider.System, CancellationToken.None);
            (await other.PullAsync($"ssh://images@depot.example.com:2222{remote}", [], null, CancellationToken.None)).Images.ShouldHaveSingleItem().Commit.ShouldBe(fixture.Graph.Find("shop").Commit);
        }
        finally
        {
            Environment.SetEnvironmentVariable("GIT_SSH_VARIANT", null);
            Environment.SetEnvironmentVariable("GIT_SSH_COMMAND", null);
        }
        File.ReadLines(hosts).Distinct().ShouldBe(["images@depot.example.com"]);
    }

    [Fact]
    public async Task What_cannot_be_reached_or_is_not_there_is_said()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(0), "example.com/shop/1.0");
        var failure = await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.PullAsync(Path.Combine(fixture.Folder, "nowhere"), [], null, CancellationToken.None));
        failure.Fault.ShouldBe(ImageFault.Unreachable);
        failure.Problem.Why.ShouldNotBeNull().ShouldContain("does not appear to be a git repository");
        failure = await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.PushAsync(Bare(fixture, "r.git"), ["shp/1.0"], null, CancellationToken.None));
        failure.Fault.ShouldBe(ImageFault.NotFound);
        failure = await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.PullAsync("--upload-pack=touch /tmp/x", [], null, CancellationToken.None));
        failure.Fault.ShouldBe(ImageFault.Unreachable);
        failure = await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.PullAsync("ext::sh -c date", [], null, CancellationToken.None));
        failure.Problem.Why.ShouldNotBeNull().ShouldContain("not allowed");
    }

    [Fact]
    public async Task What_git_would_not_accept_is_not_taken()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(0), "shop");
        var remote = Bare(fixture, "evil.git");
        await fixture.Graph.PushAsync(remote, [], null, CancellationToken.None);
        // A tree with a name that a checkout would write outside of its folder.
        var blob = GraphFixture.Run("git", "-C", remote, "rev-parse", "image/shop/@:rootfs/etc/motd").Trim();
        var list = Path.Combine(fixture.Folder, "tree");
        File.WriteAllBytes(list, [.. Encoding.ASCII.GetBytes("100644 .git\0"), .. Convert.FromHexString(blob)]);
        var tree = GraphFixture.Run("git", "-C", remote, "hash-object", "-t", "tree", "-w", "--literally", list).Trim();
        var commit = GraphFixture.Run("git", "-C", remote, "-c", "user.name=x", "-c", "user.email=x@x", "commit-tree", tree, "-m", "x", "-p", "image/shop/@").Trim();
        GraphFixture.Run("git", "-C", remote, "update-ref", "refs/heads/image/shop/@", commit);
        var before = fixture.Graph.Find("shop").Commit;
        var failure = await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.PullAsync(remote, [], null, CancellationToken.None));
        (failure.Fault, failure.Problem.What).ShouldBe((ImageFault.DamagedGraph, $"What {remote} holds is damaged; nothing was taken."));
        failure.Problem.Why.ShouldNotBeNull().ShouldContain("hasDotgit");
        fixture.Graph.Find("shop").Commit.ShouldBe(before);
        fixture.Git("fsck", "--strict");
    }

    [Fact]
    public async Task A_bundle_carries_what_is_new_since_a_version_and_is_verified_before_it_is_imported()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(0), "shop");
        await fixture.ImportAsync(Version(8), "other");
        var (first, second) = (Path.Combine(fixture.Folder, "1.bundle"), Path.Combine(fixture.Folder, "2.bundle"));
        var made = await fixture.Graph.CreateBundleAsync(first, ["shop"], [], null, CancellationToken.None);
        made.Images.ShouldHaveSingleItem().Name.ToString().ShouldBe("shop");
        await fixture.ImportAsync(Version(1), "shop");
        (await fixture.Graph.CreateBundleAsync(second, ["shop"], [fixture.Graph.Find("shop~1").Commit], null, CancellationToken.None)).Bytes.ShouldBeLessThan(made.Bytes);
        var empty = await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.CreateBundleAsync(second, ["shop"], [fixture.Graph.Find("shop").Commit], null, CancellationToken.None));
        empty.Problem.What.ShouldStartWith("A bundle would hold nothing");

        using var there = await ImageGraph.OpenOrCreateAsync(Path.Combine(fixture.Folder, "there"), TimeProvider.System, CancellationToken.None);
        var lacks = await Assert.ThrowsAsync<ImageException>(() => there.PullAsync(second, [], null, CancellationToken.None));
        (lacks.Fault, lacks.Problem.What).ShouldBe((ImageFault.NotFound, $"{second} continues versions that are not in this graph; nothing was taken."));
        lacks.Problem.Why.ShouldNotBeNull().ShouldContain(fixture.Graph.Find("shop~1").Commit.ToShortString());
        (await Assert.ThrowsAsync<ImageException>(() => ImageGraph.VerifyBundleAsync(second, null, null, TimeProvider.System, null, CancellationToken.None))).Fault.ShouldBe(ImageFault.NotFound);

        var check = await ImageGraph.VerifyBundleAsync(first, null, null, TimeProvider.System, null, CancellationToken.None);
        (check.Succeeded, check.Needs.Count, check.Images.ShouldHaveSingleItem().Name.ToString()).ShouldBe((true, 0, "shop"));
        await there.PullAsync(first, [], null, CancellationToken.None);
        check = await ImageGraph.VerifyBundleAsync(second, there.Path, null, TimeProvider.System, null, CancellationToken.None);
        check.Succeeded.ShouldBeTrue();
        check.Needs.ShouldBe([fixture.Graph.Find("shop~1").Commit]);
        (await there.PullAsync(second, [], null, CancellationToken.None)).Images.ShouldHaveSingleItem().Outcome.ShouldBe(TransferOutcome.Updated);
        there.Find("shop").Commit.ShouldBe(fixture.Graph.Find("shop").Commit);
    }

    [Fact]
    public async Task A_damaged_bundle_changes_nothing()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Version(0), "shop");
        var bundle = Path.Combine(fixture.Folder, "b");
        await fixture.Graph.CreateBundleAsync(bundle, [], [], null, CancellationToken.None);
        var whole = File.ReadAllBytes(bundle);
        var pack = whole.AsSpan().IndexOf("PACK"u8);
        using var there = await ImageGraph.OpenOrCreateAsync(Path.Combine(fixture.Folder, "there"), TimeProvider.System, CancellationToken.None);
        foreach (var at in new[] { pack + 20, whole.Length / 2, whole.Length - 30 })
        {
            var bytes = whole.ToArray();
            bytes[at] ^= 0x10;
            File.WriteAllBytes(bundle, bytes);
            (await Assert.ThrowsAsync<ImageException>(() => there.PullAsync(bundle, [], null, CancellationToken.None))).Fault.ShouldBe(ImageFault.DamagedGraph);
            (await Assert.ThrowsAsync<ImageException>(() => ImageGraph.VerifyBundleAsync(bundle, null, null, TimeProvider.System, null, CancellationToken.None))).Fault.ShouldBe(ImageFault.DamagedGraph);
        }
        File.WriteAllText(bundle, "no bundle at all");
        (await Assert.ThrowsAsync<ImageException>(() => ImageGraph.VerifyBundleAsync(bundle, null, null, TimeProvider.System, null, CancellationToken.None))).Fault.ShouldBe(ImageFault.BadArchive);
        (await Assert.ThrowsAsync<ImageException>(() => there.PullAsync(bundle, [], null, CancellationToken.None))).Fault.ShouldBe(ImageFault.Unreachable);
        there.Lineages().ShouldBeEmpty();
    }

    private static Task<ImportedImage> ImportIntoAsync(ImageGraph graph, byte[] tar, string name) =>
        graph.ImportAsync(new GraphFixture.MemorySource([tar], null), ImageName.Parse(name), new ImportOptions(), CancellationToken.None);

    private static string Bare(GraphFixture fixture, string name)
    {
        var path = Path.Combine(fixture.Folder, name);
        GraphFixture.Run("git", "init", "-q", "--bare", path);
        GraphFixture.Run("git", "-C", path, "config", "transfer.fsckObjects", "true");
        return path;
    }

    private sealed class Heard(List<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Add(value);
    }
}
