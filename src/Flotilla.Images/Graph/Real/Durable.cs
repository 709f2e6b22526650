using System.Runtime.InteropServices;

namespace Flotilla.Images.Graph.Real;

/// <summary>Makes renames survive a power failure: fsync(2) on the folder, which the BCL cannot open.</summary>
internal static partial class Durable
{
    private const int ReadOnlyCloseOnExec = 0x80000;

    public static void SyncFolder(string folder)
    {
        var file = Open(folder, ReadOnlyCloseOnExec);
        if (file < 0) return;
        // Some file systems cannot sync a folder; the rename stands either way.
        _ = Sync(file);
        _ = Close(file);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
