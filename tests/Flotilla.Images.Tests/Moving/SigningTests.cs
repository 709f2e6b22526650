using System.Text;
using Flotilla.Images.Graph;
using Flotilla.Images.Signing;

namespace Flotilla.Images.Tests.Moving;

/// <summary>Signatures with ssh keys, checked by us and by git, and what verification says when something was changed.</summary>
public sealed class SigningTests
{
    private static readonly byte[] Tar = TarBytes.Of(("etc", '5', ""), ("etc/motd", '0', "hello"), ("big", '0', string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i * 7919 % 10007}\n"))));

    [Fact]
    public async Task A_signature_goes_through_a_push_and_names_its_signer()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var imported = await fixture.ImportAsync(Tar, "example.com/shop:1.0");
        var (key, signers) = (Key(fixture, "ann"), Signers(fixture, "ann"));
        var image = fixture.Graph.Find("example.com/shop:1.0");
        var signature = await fixture.Graph.SignAsync(image, key + ".pub", CancellationToken.None);
        signature.State.ShouldBe(SignatureState.Unchecked);
        (await fixture.Graph.SignAsync(image, key, CancellationToken.None)).Reference.ShouldBe(signature.Reference);
        fixture.Graph.Find("example.com/shop:1.0").Commit.ShouldBe(imported.Commit);

        var remote = Path.Combine(fixture.Folder, "remote.git");
        GraphFixture.Run("git", "init", "-q", "--bare", remote);
        GraphFixture.Run("git", "-C", remote, "config", "transfer.fsckObjects", "true");
        (await fixture.Graph.PushAsync(remote, [], null, CancellationToken.None)).Signatures.ShouldBe(1);
        using var other = await ImageGraph.OpenOrCreateAsync(Path.Combine(fixture.Folder, "other"), TimeProvider.System, CancellationToken.None);
        (await other.PullAsync(remote, [], null, CancellationToken.None)).Signatures.ShouldBe(1);
        var verified = await other.VerifyAsync(other.Find("example.com/shop:1.0"), signers, CancellationToken.None);
        verified.Problems.ShouldBeEmpty();
        verified.Signatures.ShouldBe([signature with { State = SignatureState.Good, Signer = "ann@example.com" }]);
        GraphFixture.Run("git", "-C", other.Path, "-c", "gpg.ssh.allowedSignersFile=" + signers, "verify-tag", signature.Reference["refs/tags/".Length..]).ShouldContain("Good \"git\" signature for ann@example.com");
        GraphFixture.Run("git", "-C", other.Path, "fsck", "--strict");

        var bundle = Path.Combine(fixture.Folder, "b");
        (await fixture.Graph.CreateBundleAsync(bundle, [], [], null, CancellationToken.None)).Signatures.ShouldBe(1);
        var check = await ImageGraph.VerifyBundleAsync(bundle, null, signers, TimeProvider.System, null, CancellationToken.None);
        (check.Succeeded, check.Images[0].Verification.Signatures[0].Signer).ShouldBe((true, "ann@example.com"));
    }

    [Fact]
    public async Task Without_a_signature_of_a_known_signer_verification_fails_and_says_why()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Tar, "shop");
        Key(fixture, "ann");
        var (eve, signers) = (Key(fixture, "eve"), Signers(fixture, "ann"));
        var image = fixture.Graph.Find("shop");
        (await fixture.Graph.VerifyAsync(image, CancellationToken.None)).Problems.ShouldBeEmpty();
        (await ProblemAsync(fixture, signers)).ShouldBe($"shop ({image.Commit.ToShortString()}) is not signed.");
        await fixture.Graph.SignAsync(image, eve, CancellationToken.None);
        (await ProblemAsync(fixture, signers)).ShouldEndWith($", which {signers} does not name.");
        (await fixture.Graph.VerifyAsync(image, CancellationToken.None)).Signatures.ShouldHaveSingleItem().State.ShouldBe(SignatureState.Unchecked);
        await fixture.Graph.SignAsync(image, Path.Combine(fixture.Folder, "ann"), CancellationToken.None);
        var both = await fixture.Graph.VerifyAsync(image, signers, CancellationToken.None);
        both.Problems.ShouldBeEmpty();
        both.Signatures.Select(each => each.State).ShouldBe([SignatureState.Good, SignatureState.UnknownSigner], ignoreOrder: true);
        (await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.VerifyAsync(image, "/none", CancellationToken.None))).Fault.ShouldBe(ImageFault.NotFound);
    }

    [Fact]
    public async Task A_signature_of_something_else_is_bad()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Tar, "shop");
        var (key, signers) = (Key(fixture, "ann"), Signers(fixture, "ann"));
        var signature = await fixture.Graph.SignAsync(fixture.Graph.Find("shop"), key, CancellationToken.None);
        var old = fixture.Git("cat-file", "tag", signature.Reference);

        // The text changed below the signature.
        Replace(fixture, signature.Reference, old.Replace("shop", "shot"));
        (await ProblemAsync(fixture, signers)).ShouldEndWith("is bad.");
        // The whole tag put under the name of another version, and of another lineage.
        var next = await fixture.ImportAsync(TarBytes.Of(("evil", '0', "x")), "shop");
        Replace(fixture, signature.Reference.Replace(signature.Commit.ToString(), next.Commit.ToString()), old);
        var verified = await fixture.Graph.VerifyAsync(fixture.Graph.Find("shop"), signers, CancellationToken.None);
        verified.Problems[0].Why.ShouldBe("it signs something else than the tag's name says.");
        // No signature at all in it.
        Replace(fixture, signature.Reference.Replace(signature.Commit.ToString(), next.Commit.ToString()), old[..old.IndexOf("-----BEGIN", StringComparison.Ordinal)].Replace(signature.Commit.ToString(), next.Commit.ToString()));
        (await fixture.Graph.VerifyAsync(fixture.Graph.Find("shop"), CancellationToken.None)).Problems.ShouldHaveSingleItem().Why.ShouldBe("the tag has no ssh signature.");
    }

    [Fact]
    public async Task A_key_that_does_not_sign_is_refused_with_the_reason()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Tar, "shop");
        var image = fixture.Graph.Find("shop");
        (await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.SignAsync(image, "/none.pub", CancellationToken.None))).Fault.ShouldBe(ImageFault.NotFound);
        var key = Key(fixture, "ann");
        File.Delete(key);
        (await Assert.ThrowsAsync<ImageException>(() => fixture.Graph.SignAsync(image, key + ".pub", CancellationToken.None))).Fault.ShouldBe(ImageFault.SigningFailed);
        fixture.Git("for-each-ref", "refs/tags").ShouldBeEmpty();
    }

    [Fact]
    public async Task Whichever_byte_of_a_pack_is_flipped_verification_says_so()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Tar, "shop");
        await fixture.Graph.SignAsync(fixture.Graph.Find("shop"), Key(fixture, "ann"), CancellationToken.None);
        await fixture.Graph.CollectGarbageAsync(CancellationToken.None);
        var pack = Directory.GetFiles(Path.Combine(fixture.Graph.Path, "objects", "pack"), "*.pack").ShouldHaveSingleItem();
        var whole = File.ReadAllBytes(pack);
        File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // Neither the pack's own head nor its last hash is an object.
        for (var at = 12; at < whole.Length - 20; at += 41)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= 0x04;
            File.WriteAllBytes(pack, bytes);
            (await FindsNothingWrongAsync(fixture)).ShouldBeFalse($"byte {at} of {whole.Length}");
        }
        File.WriteAllBytes(pack, whole);
        (await FindsNothingWrongAsync(fixture)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_bit_that_no_object_uses_is_missed_by_the_packs_own_hash()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Tar, "shop");
        var pack = Directory.GetFiles(Path.Combine(fixture.Graph.Path, "objects", "pack"), "*.pack").ShouldHaveSingleItem();
        var bytes = File.ReadAllBytes(pack);
        File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        bytes[^1] ^= 1;
        File.WriteAllBytes(pack, bytes);
        using var graph = ImageGraph.Open(fixture.Graph.Path, TimeProvider.System);
        var verified = await graph.VerifyAsync(graph.Find("shop"), CancellationToken.None);
        verified.Problems.Select(problem => problem.What).ShouldBe([$"The pack {Path.GetFileName(pack)} is damaged."]);
    }

    [Fact]
    public async Task A_missing_object_is_named()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(Tar, "shop");
        var packs = Path.Combine(fixture.Graph.Path, "objects", "pack");
        var pack = Directory.GetFiles(packs, "*.pack").ShouldHaveSingleItem();
        var blob = fixture.Git("rev-parse", "image/shop/@:rootfs/etc/motd").Trim();
        var moved = Path.Combine(fixture.Folder, "moved.pack");
        File.Move(pack, moved);
        File.Delete(Path.ChangeExtension(pack, ".idx"));
        GraphFixture.Run("sh", "-c", $"git -C '{fixture.Graph.Path}' unpack-objects -q < '{moved}'");
        File.Delete(Path.Combine(fixture.Graph.Path, "objects", blob[..2], blob[2..]));
        using var graph = ImageGraph.Open(fixture.Graph.Path, TimeProvider.System);
        var verified = await graph.VerifyAsync(graph.Find("shop"), CancellationToken.None);
        verified.Problems.Select(problem => problem.What).ShouldBe([$"The graph has no object {blob}."]);
    }

    private static async Task<bool> FindsNothingWrongAsync(GraphFixture fixture)
    {
        try
        {
            using var graph = ImageGraph.Open(fixture.Graph.Path, TimeProvider.System);
            return (await graph.VerifyAsync(graph.Find("shop"), CancellationToken.None)).Succeeded;
        }
        catch (ImageException e)
        {
            e.Fault.ShouldBe(ImageFault.DamagedGraph);
            return false;
        }
    }

    private static async Task<string> ProblemAsync(GraphFixture fixture, string signers) =>
        (await fixture.Graph.VerifyAsync(fixture.Graph.Find("shop"), signers, CancellationToken.None)).Problems[0].What;

    private static void Replace(GraphFixture fixture, string reference, string tag)
    {
        var file = Path.Combine(fixture.Folder, "tag");
        File.WriteAllText(file, tag, new UTF8Encoding(false));
        fixture.Git("update-ref", reference, fixture.Git("hash-object", "-t", "tag", "-w", "--literally", file).Trim());
    }

    private static string Key(GraphFixture fixture, string name)
    {
        var path = Path.Combine(fixture.Folder, name);
        GraphFixture.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path);
        return path;
    }

    private static string Signers(GraphFixture fixture, string name)
    {
        var path = Path.Combine(fixture.Folder, "signers");
        File.WriteAllText(path, $"{name}@example.com {File.ReadAllText(Path.Combine(fixture.Folder, name + ".pub"))}");
        return path;
    }
}
