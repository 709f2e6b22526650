namespace Flotilla.Benchmarks.Harness;

/// <summary>A new empty folder that is gone afterwards. Its path is short: sockets lie below it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fb-").FullName;

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
