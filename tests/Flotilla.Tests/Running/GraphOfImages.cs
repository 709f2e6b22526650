using System.Formats.Tar;
using System.Text;
using Flotilla.Core;
using Flotilla.Images;
using Flotilla.Images.Sources;
using Flotilla.Testing;

namespace Flotilla.Tests.Running;

/// <summary>A folder with a fleet's source, a graph of images beside it, a lock, and a root for a host.</summary>
internal sealed class GraphOfImages : IDisposable
{
    public const string Shop = "example.com/shop/1.0";

    private readonly TemporaryFolder _folder = new();

    public GraphOfImages() => Directory.CreateDirectory(System.IO.Path.Combine(Root, "opt"));

    public string Path => _folder.Path;

    public string Source => _folder.File("fleet.cs");

    public string Root => _folder.File("root");

    public string Graph => _folder.File("graph");

    public string At(string path) => Root + path;

    /// <summary>A new version of the image with these files; the number of its commit.</summary>
    public async Task<string> ImportAsync(params (string Name, string Content)[] files)
    {
        var token = TestContext.Current.CancellationToken;
        await using (var stream = File.Create(_folder.File("image.tar")))
        await using (var tar = new TarWriter(stream))
            foreach (var (name, content) in files)
                await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                }, token);
        using var graph = await ImageGraph.OpenOrCreateAsync(Graph, TimeProvider.System, token);
        return (await graph.ImportAsync(new TarFileSource(_folder.File("image.tar")), ImageName.Parse(Shop), new ImportOptions(), token)).Commit.ToString();
    }

    public FleetImage Pinned(string commit) => new(Shop, commit, new SourceLocation(Source, 2));

    /// <summary>The fleet whose source lies here, its lock pinning a version.</summary>
    public Fleet Fleet(string commit, Action<Role, FleetImage> describe)
    {
        _folder.Write(ImageLock.FileName, $"{Shop} {commit}\n");
        var fleet = new Fleet("shop", Source, 1);
        var image = fleet.Image(Shop, Source, 2);
        return fleet.Host("a", ["web"], null, Source, 3).Role("web", web => describe(web, image), Source, 4);
    }

    public void Dispose() => _folder.Dispose();
}
