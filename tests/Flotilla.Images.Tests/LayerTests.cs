using System.Security.Cryptography;
using System.Text;
using Flotilla.Images.Diffing;

namespace Flotilla.Images.Tests;

/// <summary>Images of several layers, their configuration, and what changed between images.</summary>
public sealed class LayerTests
{
    private static readonly byte[] Base = TarBytes.Of(
        ("etc", '5', ""), ("etc/a", '0', "lower a"), ("etc/b", '0', "lower b"), ("etc/same", '0', "same"), ("dir", '5', ""), ("dir/x", '0', "x"), ("dir/y", '0', "y"), ("lib", '2', "usr/lib"), ("usr/lib", '5', ""),
        ("hard", '0', "linked"), ("hard2", '1', "hard"), ("gone", '5', ""), ("gone/deep/file", '0', "deep"));

    private static readonly byte[] Upper = TarBytes.Of(
        ("etc/a", '0', "upper a"), ("etc/.wh.b", '0', ""), ("etc/same", '0', "same"), ("dir/new", '0', "new"), ("dir/.wh..wh..opq", '0', ""), ("lib/through", '0', "through a link"), (".wh.hard", '0', ""), ("gone", '0', "now a file"));

    private static byte[] Config(params byte[][] layers) => Encoding.UTF8.GetBytes(
        "{ \"architecture\":\"amd64\", \"os\":\"linux\", \"config\":{\"Env\":[\"A=b\"],\"Cmd\":[\"sh\"],\"Entrypoint\":null,\"User\":\"1:2\",\"WorkingDir\":\"/w\",\"Labels\":{\"l\":\"v\"}},"
        + "\"history\":[{\"created_by\":\"x\",\"empty_layer\":true}],\"unknown\":1e400,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
        + string.Join(',', layers.Select(layer => $"\"sha256:{Convert.ToHexStringLower(SHA256.HashData(layer))}\"")) + "]}}");

    [Fact]
    public async Task Every_layer_and_the_configuration_come_back_as_they_were()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var config = Config(Base, Upper);
        var imported = await fixture.ImportAsync([Base, Upper], config);
        imported.ImageId.ShouldBe("sha256:" + Convert.ToHexStringLower(SHA256.HashData(config)));
        (await fixture.ExportAsync(layer: 0)).ShouldBe(Base);
        (await fixture.ExportAsync(layer: 1)).ShouldBe(Upper);
        fixture.Graph.Find("test/image").Config.ToArray().ShouldBe(config);
        (await fixture.Graph.VerifyAsync(fixture.Graph.Find("test/image"), CancellationToken.None)).Problems.ShouldBeEmpty();
        fixture.Git("fsck", "--strict");
        await fixture.ImportAsync([Base, Upper], config, "proved/whole", new ImportOptions { ProveEverything = true });
    }

    [Fact]
    public async Task What_is_visible_is_the_layers_laid_over_each_other()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync([Base, Upper]);
        var image = fixture.Graph.Find("test/image");
        image.Entries().Select(entry => entry.Path).ShouldBe(["dir", "dir/new", "etc", "etc/a", "etc/same", "gone", "hard2", "lib", "usr/lib", "usr/lib/through"], ignoreOrder: true);
        Text(image, "etc/a").ShouldBe("upper a");
        Text(image, "hard2").ShouldBe("linked");
        Text(image, "usr/lib/through").ShouldBe("through a link");
        Text(image, "/gone").ShouldBe("now a file");
        image.OpenFile("etc/b", out _).ShouldBeNull();
        image.OpenFile("../etc/a", out _).ShouldBeNull();
    }

    [Fact]
    public async Task A_layer_that_two_images_share_is_stored_once()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var first = await fixture.ImportAsync([Base], name: "base");
        var second = await fixture.ImportAsync([Base, TarBytes.Of(("added", '0', "x"))], name: "upper");
        fixture.Git("rev-parse", "image/base/@:layers/0").ShouldBe(fixture.Git("rev-parse", "image/upper/@:layers/0"));
        second.StoredBytes.ShouldBeLessThan(first.StoredBytes);
    }

    [Fact]
    public async Task A_difference_names_files_metadata_and_packages()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(TarBytes.Of(
            ("etc", '5', ""), ("etc/conf", '0', "one"), ("etc/old", '0', "old"), ("etc/mode", '0', "same"), ("link", '2', "a"),
            ("var/lib/dpkg/status", '0', "Package: nginx\nStatus: install ok installed\nVersion: 1.22\n\nPackage: gone\nStatus: install ok installed\nVersion: 1\n\nPackage: left\nStatus: deinstall ok config-files\nVersion: 3\n"),
            ("lib/apk/db/installed", '0', "P:musl\nV:1.2.3-r0\n\nP:busybox\nV:1.36\n\n")), "a");
        var second = new TarBytes().Add("etc", '5').Add("etc/conf", '0', "two").Add("etc/mode", '0', "same", header => TarBytes.Put(header, Tar.TarField.Mode, "0000755\0"))
            .Add("etc/new", '0', "new").Add("link", '2', "b")
            .Add("var/lib/dpkg/status", '0', "Package: nginx\nStatus: install ok installed\nVersion: 1.24\n\nPackage: python3\nStatus: install ok installed\nVersion: 3.11\n")
            .Add("lib/apk/db/installed", '0', "P:musl\nV:1.2.4-r0\n\nP:busybox\nV:1.36\n\n").Add("var/lib/rpm/rpmdb.sqlite", '0', "?").End();
        await fixture.ImportAsync(second, "b");
        var diff = fixture.Graph.Diff(fixture.Graph.Find("a"), fixture.Graph.Find("b"));
        diff.Added.ShouldBe(["etc/new", "var/lib/rpm/rpmdb.sqlite"]);
        diff.Removed.ShouldBe(["etc/old"]);
        diff.Changed.Select(each => (each.Path, each.Content, string.Join(',', each.Metadata))).ShouldBe(
            [("etc/conf", true, ""), ("etc/mode", false, "mode"), ("lib/apk/db/installed", true, ""), ("link", true, ""), ("var/lib/dpkg/status", true, "")]);
        diff.Packages.Managers.ShouldBe(["dpkg", "apk", "rpm"]);
        diff.Packages.Added.ShouldBe([new Package("dpkg", "python3", "3.11")]);
        diff.Packages.Removed.ShouldBe([new Package("dpkg", "gone", "1")]);
        diff.Packages.Changed.ShouldBe([new PackageChange("apk", "musl", "1.2.3-r0", "1.2.4-r0"), new PackageChange("dpkg", "nginx", "1.22", "1.24")]);
        diff.Packages.Unread.ShouldBe(["rpm: var/lib/rpm/rpmdb.sqlite is no database of SQLite with packages"]);
        fixture.Graph.Diff(fixture.Graph.Find("a"), fixture.Graph.Find("a")).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_difference_of_layered_images_is_that_of_what_they_show()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync([Base], name: "a");
        await fixture.ImportAsync([Base, Upper], name: "b");
        var diff = fixture.Graph.Diff(fixture.Graph.Find("a"), fixture.Graph.Find("b"));
        diff.Added.ShouldBe(["dir/new", "usr/lib/through"]);
        diff.Removed.ShouldBe(["dir/x", "dir/y", "etc/b", "gone/deep/file", "hard"]);
        diff.Changed.Select(each => each.Path).ShouldBe(["etc/a", "gone"]);
    }

    private static string Text(GraphImage image, string path)
    {
        using var content = new StreamReader(image.OpenFile(path, out _)!);
        return content.ReadToEnd();
    }
}
