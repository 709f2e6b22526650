using Flotilla.Images.Destinations;
using Flotilla.Images.Folders.Real;
using Flotilla.Images.Sources;

namespace Flotilla.Images.Tests;

/// <summary>Exports that happen at once, or after one that did not end.</summary>
public sealed class ExportTests
{
    private const int Writers = 8;

    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exports_into_one_layout_at_once_all_arrive()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var common = TarBytes.Of(("common", '0', new string('x', 300_000)));
        for (var i = 0; i < Writers; i++) await fixture.ImportAsync([common, TarBytes.Of(("own", '0', $"{i}"))], name: $"shop/{i}");
        var layout = Path.Combine(fixture.Folder, "oci");
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => new OciLayoutDestination(layout, $"v{i}").WriteAsync(fixture.Graph.Find($"shop/{i}"), _stop), _stop)));
        for (var i = 0; i < Writers; i++)
        {
            var back = await fixture.Graph.ImportAsync(new OciLayoutSource(layout, $"v{i}"), ImageName.Parse($"back/{i}"), new ImportOptions(), _stop);
            back.DiffIds.ShouldBe(fixture.Graph.Find($"shop/{i}").Layers.Select(layer => layer.DiffId));
        }
        Directory.EnumerateFiles(layout, ".*.part", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_export_waits_for_another_into_the_same_layout()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(TarBytes.Of(("file", '0', "x")));
        var layout = Directory.CreateDirectory(Path.Combine(fixture.Folder, "oci")).FullName;
        Task second;
        using (await FolderLock.TakeAsync(layout, _stop))
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(_stop);
            var first = new OciLayoutDestination(layout).WriteAsync(fixture.Graph.Find("test/image"), enough.Token);
            second = new OciLayoutDestination(layout).WriteAsync(fixture.Graph.Find("test/image"), _stop);
            enough.Cancel();
            await Should.ThrowAsync<OperationCanceledException>(() => first);
            second.IsCompleted.ShouldBeFalse();
            Directory.EnumerateFileSystemEntries(layout).ShouldBeEmpty();
        }
        await second;
        File.Exists(Path.Combine(layout, "index.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_blob_that_was_not_written_to_its_end_is_written_again()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var tar = TarBytes.Of(("file", '0', "x"));
        var imported = await fixture.ImportAsync(tar);
        var layout = Path.Combine(fixture.Folder, "oci");
        var destination = new OciLayoutDestination(layout, compression: LayerCompression.None);
        await destination.WriteAsync(fixture.Graph.Find("test/image"), _stop);
        var blobs = Directory.GetFiles(Path.Combine(layout, "blobs", "sha256"));
        blobs.Length.ShouldBe(3);
        foreach (var blob in blobs) await File.WriteAllTextAsync(blob, "cut", _stop);
        await destination.WriteAsync(fixture.Graph.Find("test/image"), _stop);
        var back = await fixture.Graph.ImportAsync(new OciLayoutSource(layout, null), ImageName.Parse("back"), new ImportOptions(), _stop);
        back.DiffIds.ShouldBe(imported.DiffIds);
    }

    [Fact]
    public async Task Where_an_export_failed_another_goes_well()
    {
        using var fixture = await GraphFixture.CreateAsync();
        await fixture.ImportAsync(TarBytes.Of(("file", '0', "x")));
        var layout = Path.Combine(fixture.Folder, "oci");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => new OciLayoutDestination(layout).WriteAsync(fixture.Graph.Find("test/image"), cancelled.Token));
        await new OciLayoutDestination(layout).WriteAsync(fixture.Graph.Find("test/image"), _stop);
    }

    [Fact]
    public async Task What_another_writes_beside_a_target_is_left_alone()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var tar = TarBytes.Of(("file", '0', "x"));
        var image = fixture.Graph.Load((await fixture.ImportAsync(tar)).Commit);
        var place = Directory.CreateDirectory(Path.Combine(fixture.Folder, "place")).FullName;
        string[] others = [Path.Combine(place, $".out.tar.{image.Commit.ToShortString()}.part"), Path.Combine(place, $".out.{image.Commit.ToShortString()}.part", "file")];
        Directory.CreateDirectory(Path.GetDirectoryName(others[1])!);
        foreach (var other in others) await File.WriteAllTextAsync(other, "another's", _stop);
        await new TarFileDestination(Path.Combine(place, "out.tar")).WriteAsync(image, _stop);
        await new DockerArchiveDestination(Path.Combine(place, "out.tar"), []).WriteAsync(image, _stop);
        await new FolderDestination(Path.Combine(place, "out")).WriteAsync(image, _stop);
        foreach (var other in others) (await File.ReadAllTextAsync(other, _stop)).ShouldBe("another's");
        Directory.EnumerateFileSystemEntries(place).Count().ShouldBe(4);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_named()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var image = fixture.Graph.Load((await fixture.ImportAsync(TarBytes.Of(("file", '0', "x")))).Commit);
        (await Should.ThrowAsync<ImageException>(() => new TarFileDestination(fixture.Folder).WriteAsync(image, _stop))).Fault.ShouldBe(ImageFault.BadName);
    }
}
