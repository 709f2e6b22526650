using Flotilla.Images.Archives;
using Flotilla.Images.Folders.Real;
using Flotilla.Images.Sources;

namespace Flotilla.Images.Runtime.Real;

/// <summary>A container of <see cref="RuncRuntime"/> after its program's end.</summary>
internal sealed class EndedContainer(RuntimeFolder folder, ContainerFolder container, Runc runc, string image, FileStream hold, bool overlay, int exitCode) : IEndedContainer
{
    private bool _kept;
    private int _captures;

    public int ExitCode => exitCode;

    public async Task<CapturedLayer?> CaptureChangesAsync(bool epoch, CancellationToken cancellationToken)
    {
        if (!overlay) return null;
        container.Unmount();
        var before = Posix.TryStat(Posix.AtCurrent, Posix.Name(image))!.Value;
        var after = Posix.TryStat(Posix.AtCurrent, Posix.Name(container.Upper))!.Value;
        return await WriteAsync(container.Upper, isUpper: true, (before.Mode, before.User, before.Group) != (after.Mode, after.User, after.Group), epoch, cancellationToken);
    }

    public async Task<CapturedLayer> CaptureRootAsync(bool epoch, CancellationToken cancellationToken)
    {
        container.Unmount();
        if (!overlay)
        {
            Overlay.RemoveAdded(container.Stubs, container.Root, image);
            return await WriteAsync(container.Root, isUpper: false, withRoot: true, epoch, cancellationToken);
        }
        // Without what was made for mounts.
        if (!Overlay.TryMount(container.Root, [container.Upper, image], null, null)) throw new IOException("The container's root cannot be mounted again.");
        try
        {
            return await WriteAsync(container.Root, isUpper: false, withRoot: true, epoch, cancellationToken);
        }
        finally
        {
            container.Unmount();
        }
    }

    public string Keep()
    {
        if (!_kept) container.Keep();
        _kept = true;
        return overlay ? container.Upper : container.Root;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_kept) await container.RemoveAsync(runc, CancellationToken.None);
        container.Dispose();
        await hold.DisposeAsync();
        await folder.RemoveOldBasesAsync(CancellationToken.None);
    }

    private async Task<CapturedLayer> WriteAsync(string root, bool isUpper, bool withRoot, bool epoch, CancellationToken cancellationToken)
    {
        var path = container.File($"layer-{++_captures}.tar");
        string sha256;
        long members;
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 17))
        {
            var tar = new TreeTar(file, epoch, isUpper, cancellationToken);
            sha256 = tar.Run(root, withRoot);
            members = tar.Members;
        }
        var size = new FileInfo(path).Length;
        return new CapturedLayer(
            new SourceLayer(_ => Task.FromResult<Stream>(new LocalFile(path)), null, size, "sha256:" + sha256),
            "sha256:" + sha256, members);
    }
}
