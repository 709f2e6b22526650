using Flotilla.Images.Runtime.Real;
using Flotilla.Testing;

namespace Flotilla.Images.Tests.Runtime;

public sealed class RuntimeFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Runs_that_end_together_remove_old_checkouts_together()
    {
        var token = TestContext.Current.CancellationToken;
        var folder = new RuntimeFolder(_folder.Path);
        for (var i = 0; i < 300; i++) _folder.Write($"flotilla-runtime/bases/{i:000}/.complete", "");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => folder.RemoveOldBasesAsync(token), token)));
        await folder.RemoveOldBasesAsync(token);
        Directory.EnumerateDirectories(folder.Bases).Count().ShouldBe(4);
    }
}
