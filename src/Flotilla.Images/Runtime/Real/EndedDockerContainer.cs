using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using Flotilla.Docker;
using Flotilla.Images.Archives;
using Flotilla.Images.Configuration;
using Flotilla.Images.Sources;

namespace Flotilla.Images.Runtime.Real;

/// <summary>A container of <see cref="DockerRuntime"/> after its program's end.</summary>
internal sealed class EndedDockerContainer(
    DockerEngine docker, DockerEngine? own, string container, GraphImage image, IReadOnlyList<Mount> mounts, int exitCode) : IEndedContainer
{
    // What the engine puts into each container.
    private static readonly string[] Made = [".dockerenv", "dev", "dev/console", "dev/pts", "dev/shm", "etc/hostname", "etc/hosts", "etc/mtab", "etc/resolv.conf", "proc", "sys"];

    private readonly List<string> _files = [];
    private string? _committed;
    private bool _kept;

    public int ExitCode => exitCode;

    public async Task<CapturedLayer?> CaptureChangesAsync(bool epoch, CancellationToken cancellationToken)
    {
        _committed = await docker.CommitContainerAsync(container, cancellationToken);
        await using var saved = await new DockerSource(_committed, docker).OpenAsync(cancellationToken);
        // A container that changed nothing has no layer of its own in some engines.
        if (saved.Layers.Count <= image.Layers.Count) return await WriteAsync(Stream.Null, epoch, cancellationToken);
        await using var layer = await saved.Layers[^1].OpenAsync(cancellationToken);
        return await WriteAsync(layer, epoch, cancellationToken);
    }

    public async Task<CapturedLayer> CaptureRootAsync(bool epoch, CancellationToken cancellationToken)
    {
        var path = Temporary();
        await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write))
            await docker.ExportContainerAsync(container, file, cancellationToken);
        await using var whole = new FileStream(path, FileMode.Open, FileAccess.Read);
        return await WriteAsync(whole, epoch, cancellationToken, image.Entries().FirstOrDefault(entry => entry.Path == "."));
    }

    public string Keep()
    {
        _kept = true;
        return $"the container {container[..12]} (\"docker export {container[..12]}\")";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in _files) File.Delete(file);
        if (!_kept) await docker.RemoveContainerAsync(container, force: true, CancellationToken.None);
        if (_committed is not null) await docker.RemoveImageAsync(_committed, force: false, CancellationToken.None);
        own?.Dispose();
    }

    // Without what is there because of mounts and of the engine, unless the image has it too.
    /// <param name="from">The tar.</param>
    /// <param name="epoch">Whether all times become 1970.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="root">The root as the image has it: the engine's export leaves it out.</param>
    private async Task<CapturedLayer> WriteAsync(Stream from, bool epoch, CancellationToken cancellationToken, ImageEntry? root = null)
    {
        var foreign = Made.Concat(mounts.Select(mount => mount.To.Trim('/'))).ToHashSet(StringComparer.Ordinal);
        foreign.ExceptWith(image.Entries().Select(entry => entry.Path));
        var path = Temporary();
        long members = 0;
        await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write))
        await using (var writer = new TarWriter(file, TarEntryFormat.Pax))
        {
            if (root is not null)
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "./")
                {
                    Mode = (UnixFileMode)(root.Mode & 0xfff), Uid = (int)root.User, Gid = (int)root.Group,
                    ModificationTime = epoch ? DateTimeOffset.UnixEpoch : DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(double.Parse(root.Modified, CultureInfo.InvariantCulture))),
                }, cancellationToken);
            if (from != Stream.Null)
            {
                await using var reader = new TarReader(from, leaveOpen: true);
                while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
                {
                    if (foreign.Contains(entry.Name.Trim('/'))) continue;
                    if (epoch) entry.ModificationTime = DateTimeOffset.UnixEpoch;
                    await writer.WriteEntryAsync(entry, cancellationToken);
                    members++;
                }
            }
        }
        await using var written = new FileStream(path, FileMode.Open, FileAccess.Read);
        var diffId = "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(written, cancellationToken));
        return new CapturedLayer(
            new SourceLayer(_ => Task.FromResult<Stream>(new LocalFile(path)), null, written.Length, diffId), diffId, members);
    }

    private string Temporary()
    {
        var path = Path.GetTempFileName();
        _files.Add(path);
        return path;
    }
}
