using Flotilla.Images.Graph.Real;
using Flotilla.Testing;

namespace Flotilla.Images.Tests;

/// <summary>How a graph comes to be, and goes when nothing came into it.</summary>
public sealed class NewGraphTests : IDisposable
{
    private const int Processes = 6;

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task First_imports_at_once_all_arrive()
    {
        var path = _folder.File("graph");
        await Task.WhenAll(Enumerable.Range(0, Processes).Select(i => Task.Run(async () =>
        {
            using var graph = await ImageGraph.OpenOrCreateAsync(path, TimeProvider.System, _stop);
            await graph.ImportAsync(new GraphFixture.MemorySource([TarBytes.Of(("file", '0', $"{i}"))], null), ImageName.Parse($"shop/{i}"), new ImportOptions(), _stop);
        }, _stop)));
        using var all = ImageGraph.Open(path, TimeProvider.System);
        all.Lineages().Count.ShouldBe(Processes);
        HasItsSettings(path);
    }

    [Fact]
    public async Task A_graph_whose_maker_was_killed_is_made_to_its_end()
    {
        var path = _folder.File("graph");
        GraphFixture.Run("git", "init", "--quiet", "--bare", path);
        _folder.Write("graph/flotilla.new", "");
        _folder.Write("graph/config.lock", "");
        Should.Throw<ImageException>(() => ImageGraph.Open(path, TimeProvider.System)).Fault.ShouldBe(ImageFault.NotFound);
        (await ImageGraph.OpenOrCreateAsync(path, TimeProvider.System, _stop)).Dispose();
        HasItsSettings(path);
        File.Exists(_folder.File("graph", "flotilla.new")).ShouldBeFalse();
        ImageGraph.Open(path, TimeProvider.System).Dispose();
    }

    [Fact]
    public async Task An_empty_folder_becomes_a_graph_and_keeps_its_mode_and_another_is_left_alone()
    {
        var empty = Directory.CreateDirectory(_folder.File("empty"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (await ImageGraph.OpenOrCreateAsync(empty.FullName, TimeProvider.System, _stop)).Dispose();
        HasItsSettings(empty.FullName);
        empty.UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        _folder.Write("full/mine", "x");
        foreach (var path in new[] { _folder.File("full"), _folder.File("full", "mine") })
            (await Should.ThrowAsync<ImageException>(() => ImageGraph.OpenOrCreateAsync(path, TimeProvider.System, _stop))).Fault.ShouldBe(ImageFault.NotFound);
        Directory.EnumerateFileSystemEntries(_folder.File("full")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_graph_is_removed_only_when_nothing_is_in_it_and_nobody_at_work()
    {
        var path = _folder.File("graph");
        using (var graph = await ImageGraph.OpenOrCreateAsync(path, TimeProvider.System, _stop))
        {
            using (await GraphLock.ShareAsync(path, TimeProvider.System, _stop)) graph.RemoveIfEmpty();
            Directory.Exists(path).ShouldBeTrue();
            using (var other = ImageGraph.Open(path, TimeProvider.System))
                await other.ImportAsync(new GraphFixture.MemorySource([TarBytes.Of(("file", '0', "x"))], null), ImageName.Parse("shop"), new ImportOptions(), _stop);
            graph.RemoveIfEmpty();
            graph.Lineages().ShouldHaveSingleItem();
        }
        using var empty = await ImageGraph.OpenOrCreateAsync(_folder.File("other"), TimeProvider.System, _stop);
        empty.RemoveIfEmpty();
        Directory.Exists(empty.Path).ShouldBeFalse();
    }

    private static void HasItsSettings(string path) => GraphFixture.Run("git", "-C", path, "config", "fetch.fsckObjects").ShouldBe("true\n");
}
