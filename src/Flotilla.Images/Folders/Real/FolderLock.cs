using System.Runtime.InteropServices;
using Flotilla.Core.Machines.Real;

namespace Flotilla.Images.Folders.Real;

/// <summary>A folder that others of this program are kept out of. The kernel lets go of it (flock(2) on the folder itself) when its holder dies.</summary>
internal sealed class FolderLock : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly OpenFolder _folder;

    private FolderLock(OpenFolder folder) => _folder = folder;

    /// <summary>Waits until nobody else holds it.</summary>
    public static async Task<FolderLock> TakeAsync(string folder, CancellationToken cancellationToken)
    {
        var taken = new FolderLock(new OpenFolder(Posix.Check(Posix.OpenAt(Posix.AtCurrent, Posix.Name(folder), Posix.ReadOnly | Posix.OnlyFolder | Posix.CloseOnExec, 0), $"Opening {folder}")));
        try
        {
            // A file system that knows no locks is written to without.
            while (Libc.Flock(taken._folder.Number, Libc.LockExclusive | Libc.LockNonBlocking) != 0 && Marshal.GetLastPInvokeError() == Libc.WouldBlock)
                await Task.Delay(Poll, TimeProvider.System, cancellationToken);
            return taken;
        }
        catch
        {
            taken._folder.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // A program that is just being started may still have the descriptor when it is closed here.
        _ = Libc.Flock(_folder.Number, Libc.LockRelease);
        _folder.Dispose();
    }
}
