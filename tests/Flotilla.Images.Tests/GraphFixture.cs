using System.Diagnostics;
using System.Security.Cryptography;
using Flotilla.Images.Sources;
using Flotilla.Testing;

namespace Flotilla.Images.Tests;

/// <summary>A graph in a temporary folder, and what tests do with it again and again.</summary>
internal sealed class GraphFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private GraphFixture() { }

    public ImageGraph Graph { get; private set; } = null!;

    public string Folder => _folder.Path;

    public static async Task<GraphFixture> CreateAsync()
    {
        var fixture = new GraphFixture();
        fixture.Graph = await ImageGraph.OpenOrCreateAsync(fixture._folder.File("graph"), TimeProvider.System, CancellationToken.None);
        return fixture;
    }

    public Task<ImportedImage> ImportAsync(byte[] tar, string name = "test/image", ImportOptions? options = null) =>
        ImportAsync([tar], null, name, options);

    public Task<ImportedImage> ImportAsync(IReadOnlyList<byte[]> layers, byte[]? config = null, string name = "test/image", ImportOptions? options = null) =>
        Graph.ImportAsync(new MemorySource(layers, config), ImageName.Parse(name), options ?? new ImportOptions(), CancellationToken.None);

    public async Task<byte[]> ExportAsync(string reference = "test/image", int layer = 0)
    {
        using var tar = new MemoryStream();
        await Graph.Find(reference).Layers[layer].WriteToAsync(tar, CancellationToken.None);
        return tar.ToArray();
    }

    /// <summary>Imports, exports, and holds that the bytes are the same.</summary>
    public async Task RoundTripAsync(byte[] tar, ImportOptions? options = null)
    {
        var imported = await ImportAsync(tar, "test/image", options);
        imported.DiffIds.ShouldBe(["sha256:" + Convert.ToHexStringLower(SHA256.HashData(tar))]);
        (await ExportAsync()).AsSpan().SequenceEqual(tar).ShouldBeTrue();
    }

    /// <summary>An import that must fail, and leave no branch.</summary>
    public async Task<ImageException> RefusesAsync(byte[] tar, ImportOptions? options = null)
    {
        var failure = await Assert.ThrowsAsync<ImageException>(() => ImportAsync(tar, "test/refused", options));
        Graph.Lineages().ShouldNotContain(each => each.Name.ToString() == "test/refused");
        Directory.EnumerateFiles(Path.Combine(Graph.Path, "objects", "pack"), "tmp_*").ShouldBeEmpty();
        return failure;
    }

    public string Git(params string[] arguments) => Run("git", ["-C", Graph.Path, .. arguments]);

    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, error.Result);
        return output.Result + error.Result;
    }

    public void Dispose()
    {
        Graph?.Dispose();
        _folder.Dispose();
    }

    internal sealed class MemorySource(IReadOnlyList<byte[]> layers, byte[]? config) : IImageSource
    {
        public string Name => "memory";

        public Task<SourceImage> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(new SourceImage(
            config is null ? null : config, [.. layers.Select(layer => new SourceLayer(_ => Task.FromResult<Stream>(new MemoryStream(layer))))]));
    }
}
