using Flotilla.Commands;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Images;
using Flotilla.Images.Sources;
using Flotilla.Testing;

namespace Flotilla.Tests.Describing;

public sealed class FleetImageTests : IDisposable
{
    private const string Commit = "0123456789012345678901234567890123456789";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Source => _folder.File("fleet.cs");

    private string Problems(params string[] names)
    {
        var fleet = new Fleet("shop", Source, 1);
        foreach (var (index, name) in names.Index()) fleet.Image(name, Source, index + 2);
        return string.Join('\n', Should.Throw<ProblemException>(fleet.Build).Problems);
    }

    [Fact]
    public void An_image_is_the_version_that_the_lock_pins()
    {
        _folder.Write("images.lock", $"# pins\n\nexample.com/shop/1.0 {Commit}\n");
        var fleet = new Fleet("shop", Source, 1);
        var image = fleet.Image("example.com/shop/1.0", Source, 2);
        image.Reference.ShouldBe($"example.com/shop/1.0@{Commit}");
        fleet.Build().Images.ShouldBe([image]);
    }

    [Fact]
    public void An_image_that_is_not_pinned_is_refused_with_what_to_do()
    {
        _folder.Write("images.lock", $"example.com/shop/1.0 {Commit}\n");
        Problems("example.com/shop/1.1", "other", "a b").ShouldBe(
            """
            fleet.cs(2): Image "example.com/shop/1.1" is not pinned in images.lock. Run "flotilla lock" to pin its newest version. Or did you mean "example.com/shop/1.0", which is?
            fleet.cs(3): Image "other" is not pinned in images.lock. Run "flotilla lock" to pin its newest version.
            fleet.cs(4): Image "a b" has a name that cannot be used. Choose one like example.com/shop/1.0.
            """);
    }

    [Fact]
    public void A_damaged_lock_is_refused_line_by_line()
    {
        _folder.Write("images.lock", $"a {Commit}\na {Commit}\nb 12\nc\n");
        Problems("a").ShouldBe(
            """
            images.lock(2): a is pinned twice, first in line 1. Remove one of the lines.
            images.lock(3): "b 12" pins no image. a line is an image's name and the 40 digits of a commit. Remove it and run "flotilla lock".
            images.lock(4): "c" pins no image. a line is an image's name and the 40 digits of a commit. Remove it and run "flotilla lock".
            """);
    }

    [Fact]
    public async Task Lock_pins_the_newest_versions_and_drops_what_is_not_used()
    {
        var token = TestContext.Current.CancellationToken;
        string commit;
        await File.WriteAllBytesAsync(_folder.File("empty.tar"), new byte[1024], token);
        using (var graph = await ImageGraph.OpenOrCreateAsync(_folder.File("graph"), TimeProvider.System, token))
            commit = (await graph.ImportAsync(new TarFileSource(_folder.File("empty.tar")), ImageName.Parse("shop"), new ImportOptions(), token)).Commit.ToString();
        _folder.Write("images.lock", $"gone {Commit}\nshop {Commit}\n");
        var fleet = new Fleet("shop", Source, 1);
        fleet.Image("shop", Source, 2);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error);
        using var interruption = new Interruption(terminal);
        LockCommand.Run(new FleetContext(fleet, terminal, interruption, _folder.Path), null).ShouldBe(0);
        output.ToString().ReplaceLineEndings("\n").ShouldBe($"- gone\n~ shop {Commit[..12]} -> {commit[..12]}\n");
        ImageLock.Read(_folder.Path).Names.ShouldBe(["shop"]);
        ImageLock.Read(_folder.Path).Find("shop").ShouldBe(commit);
        fleet.Image("shpo", Source, 3);
        Should.Throw<ProblemException>(() => LockCommand.Run(new FleetContext(fleet, terminal, interruption, _folder.Path), null)).Message
            .ShouldBe($"fleet.cs(3): There is no image \"shpo\" in {_folder.File("graph")}. Did you mean \"shop\"?");
    }
}
