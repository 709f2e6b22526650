using Flotilla.Testing;

namespace Flotilla.Images.Tests.Sources;

public sealed class ImageLocationTests
{
    [Theory]
    [InlineData("shop.tar", ImageLocationKind.File, "shop.tar", null)]
    [InlineData("../shop", ImageLocationKind.File, "../shop", null)]
    [InlineData("/x/shop.tar.gz", ImageLocationKind.File, "/x/shop.tar.gz", null)]
    [InlineData("docker", ImageLocationKind.Docker, "", null)]
    [InlineData("docker:shop:1.0", ImageLocationKind.Docker, "", "shop:1.0")]
    [InlineData("docker-archive:out.tar", ImageLocationKind.DockerArchive, "out.tar", null)]
    [InlineData("docker-archive:out.tar:shop:1.0", ImageLocationKind.DockerArchive, "out.tar", "shop:1.0")]
    [InlineData("oci:layout", ImageLocationKind.Oci, "layout", null)]
    [InlineData("oci:layout:1.0", ImageLocationKind.Oci, "layout", "1.0")]
    [InlineData("oci:/x/shop.tar", ImageLocationKind.Oci, "/x/shop.tar", null)]
    [InlineData("dir:root", ImageLocationKind.Folder, "root", null)]
    [InlineData("localhost:5000/shop:1", ImageLocationKind.Registry, "", "localhost:5000/shop:1")]
    [InlineData("registry/localhost:5000/shop:1", ImageLocationKind.Registry, "", "localhost:5000/shop:1")]
    [InlineData("docker://nginx", ImageLocationKind.Registry, "", "nginx")]
    [InlineData("nginx:1.25", ImageLocationKind.Registry, "", "nginx:1.25")]
    [InlineData("registry:2", ImageLocationKind.Registry, "", "registry:2")]
    [InlineData("ghcr.io/a/b", ImageLocationKind.Registry, "", "ghcr.io/a/b")]
    public void A_place_is_what_it_says(string text, ImageLocationKind kind, string path, string? reference) =>
        ImageLocation.Parse(text).ShouldBe(new ImageLocation(kind, path, reference));

    [Theory]
    [InlineData("", "Write ")]
    [InlineData("oci:", "Write ")]
    [InlineData("shop", "shop:latest")]
    [InlineData("dcoker:a/b.tar", "Did you mean \"docker:\"?")]
    [InlineData("docker-archve:out.tar", "Did you mean \"docker-archive:\"?")]
    [InlineData("example.com/Shop", "lower case")]
    public void What_is_no_place_is_refused_with_what_may_be_meant(string text, string hint)
    {
        var failure = Should.Throw<ImageException>(() => ImageLocation.Parse(text));
        failure.Fault.ShouldBe(ImageFault.BadName);
        failure.Message.ShouldContain(hint);
    }

    [Fact]
    public void A_file_or_folder_that_is_there_goes_before_what_its_name_may_mean()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a:b/index", "");
        ImageLocation.Parse($"oci:{folder.File("a:b")}:1").ShouldBe(new ImageLocation(ImageLocationKind.Oci, folder.File("a:b"), "1"));
    }
}
