using Flotilla.Programs.Real;
using Flotilla.Testing;

namespace Flotilla.Tests.Programs;

public sealed class BuildCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Builds_of_a_fleet_that_is_gone_are_removed_and_no_others()
    {
        var (here, gone) = (_folder.Write("here/fleet.cs", ""), _folder.Write("gone/fleet.cs", ""));
        foreach (var (builds, fleet) in (ReadOnlySpan<(string, string)>)[("builds/here-1", here), ("builds/gone-2", gone), ("builds/unknown-3", "")])
            _folder.Write($"{builds}/abc/fleet.dll", fleet);
        await BuildCache.NoteAsync(_folder.File("builds/here-1"), here, CancellationToken.None);
        await BuildCache.NoteAsync(_folder.File("builds/gone-2"), gone, CancellationToken.None);
        File.Delete(gone);
        BuildCache.RemoveGone(_folder.File("builds"));
        Directory.GetDirectories(_folder.File("builds")).Select(Path.GetFileName).Order().ShouldBe(["here-1", "unknown-3"]);
        File.Exists(_folder.File("builds/here-1/abc/fleet.dll")).ShouldBeTrue();
    }

    [Fact]
    public void The_builds_used_last_stay()
    {
        foreach (var (name, day) in (ReadOnlySpan<(string, int)>)[("a", 1), ("b", 3), ("c", 2)])
            Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(_folder.Write($"builds/{name}/fleet.dll", ""))!, new DateTime(2026, 1, day, 0, 0, 0, DateTimeKind.Utc));
        BuildCache.Prune(_folder.File("builds"), 2);
        Directory.GetDirectories(_folder.File("builds")).Select(Path.GetFileName).Order().ShouldBe(["b", "c"]);
    }

    public void Dispose() => _folder.Dispose();
}
