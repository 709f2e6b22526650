using Flotilla.Core;
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

    [Fact]
    public async Task One_builds_at_a_time()
    {
        var first = await BuildCache.LockAsync(_folder.Path, CancellationToken.None);
        var second = BuildCache.LockAsync(_folder.Path, TestContext.Current.CancellationToken);
        second.IsCompleted.ShouldBeFalse();
        await first.DisposeAsync();
        await (await second).DisposeAsync();
    }

    [Fact]
    public async Task A_cache_that_cannot_be_used_is_told_and_not_waited_for()
    {
        File.CreateSymbolicLink(_folder.File("build.lock"), "build.lock");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => BuildCache.LockAsync(_folder.Path, limit.Token))).Problems.ShouldHaveSingleItem();
        problem.What.ShouldBe($"The folder {_folder.Path} cannot be used to keep built programs.");
        problem.Why.ShouldNotBeNull().ShouldContain("build.lock");
        problem.Fix.ShouldNotBeNull().ShouldContain("XDG_CACHE_HOME");
        (await Assert.ThrowsAsync<ProblemException>(() => BuildCache.LockAsync(_folder.Write("file", ""), limit.Token))).Problems.ShouldHaveSingleItem();
    }

    public void Dispose() => _folder.Dispose();
}
