using Flotilla.Core.Machines;

namespace Flotilla.Running.Simulated;

/// <summary>
/// Folders of images on a host that is simulated: they are made and removed, no graph is asked, and no file is laid down. Files that
/// were put into one before stand for the image's.
/// </summary>
internal sealed class SimulatedImageFolders : IImageFolders
{
    private const UnixFileMode ModeOfNew = (UnixFileMode)0b111_101_101;

    public void Check(ImageResource resource, bool isOurs, IMachine machine)
    {
    }

    public Task ReplaceAsync(ImageResource resource, IMachine machine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (machine.Stat(resource.Path) is null) machine.CreateDirectory(resource.Path, ModeOfNew);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(ImageResource resource, IMachine machine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Remove(resource.Path, machine);
        return Task.CompletedTask;
    }

    private static void Remove(string path, IMachine machine)
    {
        if (machine.Stat(path)?.Kind == FileKind.Directory)
            foreach (var name in machine.List(path)) Remove($"{path}/{name}", machine);
        machine.Delete(path);
    }
}
