using Flotilla.Core.Machines.Real;
using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Runtime.Real;

/// <summary>Removes a folder with all below it, whatever the names in it are; links are removed, not followed, and mounts stop it.</summary>
internal static class FolderRemoval
{
    private const int RemoveFolder = 0x200;
    private const uint OwnerBits = 0x1c0;

    public static Task RemoveAsync(string path, CancellationToken cancellationToken)
    {
        using (var parent = new OpenFolder(Posix.Check(Posix.OpenAt(Posix.AtCurrent, Posix.Name(System.IO.Path.GetDirectoryName(path)!), Posix.ReadOnly | Posix.OnlyFolder | Posix.CloseOnExec, 0), $"Opening the folder of {path}")))
        {
            var name = Posix.Name(System.IO.Path.GetFileName(path));
            if (Posix.TryStat(parent.Number, name) is { } status) Remove(parent.Number, name, status, cancellationToken);
        }
        return Task.CompletedTask;
    }

    private static void Remove(int folder, byte[] name, StatXBuffer status, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (status.Type != Posix.Folder)
        {
            Posix.Check(Posix.UnlinkAt(folder, name, 0), "Removing a file");
            return;
        }
        // Its mode may forbid its owner to enter, or to take away what is in it.
        if ((status.Bits & OwnerBits) != OwnerBits) _ = Posix.ModeAt(folder, name, OwnerBits, 0);
        using (var own = new OpenFolder(Posix.Check(Posix.OpenAt(folder, name, Posix.ReadOnly | Posix.OnlyFolder | Posix.NoFollow | Posix.CloseOnExec, 0), "Opening a folder that is to go")))
            foreach (var below in Posix.Names(own.Number))
            {
                if (Posix.TryStat(own.Number, below) is not { } entry) continue;
                if ((entry.FileSystemMajor, entry.FileSystemMinor) != (status.FileSystemMajor, status.FileSystemMinor))
                    throw new IOException($"Something is still mounted in {System.Text.Encoding.UTF8.GetString(below).TrimEnd((char)0)}.");
                Remove(own.Number, below, entry, cancellationToken);
            }
        Posix.Check(Posix.UnlinkAt(folder, name, RemoveFolder), "Removing a folder");
    }
}
