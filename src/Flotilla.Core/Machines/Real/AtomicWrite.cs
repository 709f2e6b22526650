using System.Runtime.InteropServices;
using System.Text;

namespace Flotilla.Core.Machines.Real;

/// <summary>
/// Replaces a file in one step: a new file beside it is written, given its owner and mode, synced, and renamed over it; then
/// the directory is synced (rename(2), fsync(2)).
/// </summary>
/// <remarks>
/// The new file is called <c>.NAME.flotilla-0000</c> to <c>-0007</c> and locked while it is written. One that is not locked
/// was left by a crash; every write of NAME removes those. The lock is one of the open file description (F_OFD_SETLK of
/// fcntl(2)): the file has its name before the lock is gone, and an flock(2) would keep programs in .NET, whose FileShare is
/// one, from reading it then, or for as long as a program that is just being started still holds the descriptor.
/// </remarks>
internal static class AtomicWrite
{
    private const int Slots = 8;
    private const int RoundsMax = 2_000;
    private const uint Private = 0b110_000_000;

    // What ".", ".flotilla-0000" take of a name's bytes.
    private const int BaseNameBytesMax = MachinePath.NameBytesMax - 15;

    /// <param name="directory">The open directory that holds the file.</param>
    /// <param name="location">The file.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="mode">Its permission bits.</param>
    /// <param name="owner">Its owner, or null for the running user.</param>
    public static void Write(Descriptor directory, Location location, ReadOnlySpan<byte> content, UnixFileMode mode, FileOwner? owner)
    {
        var prefix = $".{Shorten(location.BaseName)}.flotilla-";
        var (file, name) = Create(directory, prefix, location);
        var renamed = false;
        try
        {
            WriteAll(file, content, location);
            if (owner is { } given && Libc.ChangeOwner(file.Number, given.User, given.Group) != 0) throw Failure(location, "given its owner");
            if (Libc.ChangeMode(file.Number, (uint)mode & 0xfff) != 0) throw Failure(location, "given its mode");
            if (Libc.Sync(file.Number) != 0) throw Failure(location, "synced to disk");
            if (Libc.RenameAt(directory.Number, name, directory.Number, location.BaseName) != 0) throw Failure(location, "replaced");
            renamed = true;
            // Fails where the directory may not be read or its file system cannot do it; the rename stands either way.
            _ = Libc.Sync(directory.Number);
        }
        finally
        {
            if (!renamed) _ = Libc.UnlinkAt(directory.Number, name, 0);
            file.Dispose();
        }
        for (var slot = 0; slot < Slots; slot++) TryRemoveLeftover(directory, SlotName(prefix, slot));
    }

    private static (Descriptor File, string Name) Create(Descriptor directory, string prefix, Location location)
    {
        var wait = new SpinWait();
        for (var round = 0; round < RoundsMax; round++)
        {
            for (var slot = 0; slot < Slots; slot++)
            {
                var name = SlotName(prefix, slot);
                var file = Descriptor.Open(directory.Number, name, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenExclusive | Libc.OpenNoFollow, Private);
                if (file.IsOpen)
                {
                    // Another writer may have taken it for a leftover before it was locked; then it has no name any more.
                    if (Lock(file) && file.Stat() is { Links: > 0 } && IsStillThere(directory, name, file)) return (file, name);
                    file.Dispose();
                }
                else if (file.Error != Libc.Exists)
                {
                    throw LinuxFailure.Of(file.Error, location.Path, "written");
                }
                else if (TryRemoveLeftover(directory, name))
                {
                    slot--;
                    if (++round >= RoundsMax) break;
                }
            }
            wait.SpinOnce(sleep1Threshold: 0);
        }
        throw new IOException($"{location.Path} cannot be written: {Slots} others are writing it, or files {prefix}* stand in the way. Remove them.");
    }

    // False when another has it; where the file system knows no locks, nobody takes a file for a leftover.
    private static bool Lock(Descriptor file) => TryLock(file, Libc.WriteLock) || Marshal.GetLastPInvokeError() is not (Libc.WouldBlock or Libc.AccessDenied);

    private static unsafe bool TryLock(Descriptor file, short kind)
    {
        var whole = new RecordLock { Kind = kind };
        return Libc.FileControl(file.Number, Libc.SetDescriptionLock, &whole) == 0;
    }

    // True when the name is free now.
    private static bool TryRemoveLeftover(Descriptor directory, string name)
    {
        using var file = Descriptor.Open(directory.Number, name, Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.OpenNonBlocking);
        if (!file.IsOpen) return file.Error == Libc.NoSuchEntry;
        // No writer has it; and of those who would remove it, one does: another may already have been given the name anew.
        return file.Stat() is { Kind: FileKind.File }
            && TryLock(file, Libc.ReadLock)
            && IsStillThere(directory, name, file)
            && Libc.Flock(file.Number, Libc.LockExclusive | Libc.LockNonBlocking) == 0
            && IsStillThere(directory, name, file)
            && Libc.UnlinkAt(directory.Number, name, 0) == 0;
    }

    private static unsafe bool IsStillThere(Descriptor directory, string name, Descriptor file)
    {
        StatXBuffer named;
        return Libc.StatX(directory.Number, name, Libc.AtSymlinkNoFollow, StatXBuffer.BasicMask, &named) == 0
            && file.Stat() is { } open && open.Inode == named.Inode;
    }

    private static unsafe void WriteAll(Descriptor file, ReadOnlySpan<byte> content, Location location)
    {
        fixed (byte* bytes = content)
        {
            for (var done = 0; done < content.Length;)
            {
                var written = Libc.Write(file.Number, bytes + done, (nuint)(content.Length - done));
                if (written >= 0) done += (int)written;
                else if (Marshal.GetLastPInvokeError() != Libc.Interrupted) throw Failure(location, "written");
            }
        }
    }

    private static Exception Failure(Location location, string action) => LinuxFailure.Of(Marshal.GetLastPInvokeError(), location.Path, action);

    private static string SlotName(string prefix, int slot) => $"{prefix}{slot:x4}";

    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= BaseNameBytesMax) return name;
        var bytes = 0;
        var kept = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > BaseNameBytesMax) break;
            kept.Append(rune.ToString());
        }
        return kept.ToString();
    }
}
