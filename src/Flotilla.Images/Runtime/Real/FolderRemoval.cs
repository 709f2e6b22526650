using Flotilla.Core.Machines.Real;
using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Runtime.Real;

/// <summary>Removes a folder with all below it, whatever the names in it are; links are removed, not followed, and mounts stop it.</summary>
internal static class FolderRemoval
{
    private const int RemoveFolder = 0x200;

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
            Posix.Check(Posix.UnlinkAt(folder, name, 0), "Removing a file of a container");
            return;
        }
        using (var own = new OpenFolder(Open(folder, name)))
            foreach (var below in Posix.Names(own.Number))
            {
                if (Posix.TryStat(own.Number, below) is not { } entry) continue;
                if ((entry.FileSystemMajor, entry.FileSystemMinor) != (status.FileSystemMajor, status.FileSystemMinor))
                    throw new IOException($"Something is still mounted in {System.Text.Encoding.UTF8.GetString(below).TrimEnd((char)0)}.");
                Remove(own.Number, below, entry, cancellationToken);
            }
        Posix.Check(Posix.UnlinkAt(folder, name, RemoveFolder), "Removing a folder of a container");
    }

    private static int Open(int folder, byte[] name)
    {
        var flags = Posix.ReadOnly | Posix.OnlyFolder | Posix.NoFollow | Posix.CloseOnExec;
        var number = Posix.OpenAt(folder, name, flags, 0);
        if (number >= 0) return number;
        // Its mode may forbid its owner to enter.
        _ = Posix.ModeAt(folder, name, 0x1c0, 0);
        return Posix.Check(Posix.OpenAt(folder, name, flags, 0), "Opening a folder of a container");
    }
}
