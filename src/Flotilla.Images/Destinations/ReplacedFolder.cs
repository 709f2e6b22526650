using System.Runtime.InteropServices;
using Flotilla.Core.Machines.Real;
using Flotilla.Images.Folders.Real;
using Flotilla.Images.Graph.Real;
using Flotilla.Images.Runtime.Real;

namespace Flotilla.Images.Destinations;

/// <summary>
/// A folder that belongs to images: its files are those of the one that was laid down last, and become those of another as a whole. The
/// files are laid down beside it, as <see cref="FolderDestination"/> does, and the two folders are exchanged (renameat2(2),
/// RENAME_EXCHANGE); where the file system cannot, the old one is moved away first. Whoever has the old folder open keeps what was in it.
/// </summary>
/// <remarks>
/// A crash leaves the old or the new folder, or, where they cannot be exchanged, for a moment none; what it leaves beside it
/// (<c>.NAME.flotilla-new</c>, <c>.NAME.flotilla-old</c>) the next call removes. One process at a time: another gets
/// <see cref="ImageFault.Busy"/>.
/// </remarks>
/// <param name="folder">The folder. Its parent must be there; what is in the folder is lost.</param>
public sealed class ReplacedFolder(string folder) : IImageDestination
{
    private const uint Exchange = 2; // RENAME_EXCHANGE of linux/fs.h
    private const uint Private = 0x1c0;
    private const uint Open = 0x1ed;

    private readonly string _path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    /// <inheritdoc/>
    public string Name => $"dir {Path.GetFileName(_path)}";

    /// <inheritdoc/>
    public Task WriteAsync(GraphImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        return RunAsync(async parent =>
        {
            var part = Posix.Name(New);
            try
            {
                Posix.Check(Posix.MakeFolderAt(parent, part, Private), $"Making {New}");
                new Checkout(image, forOverlay: false, cancellationToken).Run(Beside(New));
                // An image that says nothing of its root is meant to be entered.
                if (image.Entries().FirstOrDefault() is not { Path: "." }) Posix.Check(Posix.ModeAt(parent, part, Open, 0), $"Opening {New}");
                Flush(parent, part);
                Swap(parent, part);
                Durable.SyncFolder(Path.GetDirectoryName(_path)!);
            }
            finally
            {
                await RemoveLeftoversAsync(CancellationToken.None);
            }
        }, $"{image.Name} cannot be laid into {folder}.");
    }

    /// <summary>Removes the folder with all that is in it; nothing there is no error.</summary>
    public Task RemoveAsync(CancellationToken cancellationToken) => RunAsync(async parent =>
    {
        var name = Posix.Name(Path.GetFileName(_path));
        if (Posix.TryStat(parent, name) is not null) Rename(parent, name, Posix.Name(Old));
        await RemoveLeftoversAsync(cancellationToken);
    }, $"{folder} cannot be removed.");

    private string New => $".{Path.GetFileName(_path)}.flotilla-new";

    private string Old => $".{Path.GetFileName(_path)}.flotilla-old";

    private string Beside(string name) => Path.Combine(Path.GetDirectoryName(_path)!, name);

    private async Task RunAsync(Func<int, Task> run, string what)
    {
        var above = Path.GetDirectoryName(_path);
        if (!Directory.Exists(above)) throw ImageException.Of(ImageFault.NotFound, $"There is no folder {above}.", fix: "Make it, or name another folder.");
        try
        {
            using var parent = new OpenFolder(Posix.Check(Posix.OpenAt(Posix.AtCurrent, Posix.Name(above), Posix.ReadOnly | Posix.OnlyFolder | Posix.CloseOnExec, 0), $"Opening {above}"));
            // The kernel lets go of it when its holder dies.
            if (Libc.Flock(parent.Number, Libc.LockExclusive | Libc.LockNonBlocking) != 0)
                throw ImageException.Of(ImageFault.Busy, what, $"Another process replaces a folder in {above}.", "Wait until it is done, and run the command again.");
            try
            {
                await RemoveLeftoversAsync(CancellationToken.None);
                await run(parent.Number);
            }
            finally
            {
                // A program that is just being started may still have the descriptor when it is closed here.
                _ = Libc.Flock(parent.Number, Libc.LockRelease);
            }
        }
        catch (IOException e) when (!Graph.DiskFull.Is(e))
        {
            throw ImageException.Of(ImageFault.Unsupported, what, e.Message, "Name a folder on another file system, or run as root.", e);
        }
    }

    private async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        foreach (var name in new[] { New, Old }) await FolderRemoval.RemoveAsync(Beside(name), cancellationToken);
    }

    // Before the exchange: a power failure must not find names whose bytes are not on the disk yet.
    private static void Flush(int parent, byte[] part)
    {
        using var opened = new OpenFolder(Posix.Check(Posix.OpenAt(parent, part, Posix.ReadOnly | Posix.OnlyFolder | Posix.NoFollow | Posix.CloseOnExec, 0), "Opening the new folder"));
        Posix.Check(Posix.SyncFileSystem(opened.Number), "Writing the new folder to the disk");
    }

    private void Swap(int parent, byte[] part)
    {
        var name = Posix.Name(Path.GetFileName(_path));
        var isThere = Posix.TryStat(parent, name) is not null;
        if (isThere && TryExchange(parent, part, name)) return;
        if (isThere) Rename(parent, name, Posix.Name(Old));
        try
        {
            Rename(parent, part, name);
        }
        catch (IOException) when (isThere)
        {
            Rename(parent, Posix.Name(Old), name);
            throw;
        }
    }

    private static bool TryExchange(int parent, byte[] one, byte[] other)
    {
        const int invalid = 22, unknown = 38, notHere = 95;
        if (Posix.RenameAt(parent, one, parent, other, Exchange) == 0) return true;
        return Marshal.GetLastPInvokeError() is invalid or unknown or notHere ? false : throw new IOException($"Exchanging the folders failed: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    private static void Rename(int parent, byte[] from, byte[] to) => Posix.Check(Posix.RenameAt(parent, from, parent, to, 0), "Renaming the folder");
}
