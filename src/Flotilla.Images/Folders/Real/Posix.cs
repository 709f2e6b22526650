using System.Runtime.InteropServices;
using System.Text;
using Flotilla.Core.Machines.Real;

namespace Flotilla.Images.Folders.Real;

/// <summary>Calls on files relative to open folders, by names that are bytes; links are never followed.</summary>
internal static unsafe partial class Posix
{
    public const int ReadOnly = Libc.OpenReadOnly;
    public const int WriteOnly = Libc.OpenWriteOnly;
    public const int Create = Libc.OpenCreate;
    public const int Exclusive = Libc.OpenExclusive;
    public const int NonBlocking = Libc.OpenNonBlocking;
    public const int CloseOnExec = Libc.OpenCloseOnExec;
    public const int PathOnly = Libc.OpenPath;
    public const int NoFollowAt = Libc.AtSymlinkNoFollow;
    public const int AtCurrent = Libc.AtCurrentDirectory;
    public const int Exists = Libc.Exists;
    public const int NotSupported = 95;

    public const uint TypeMask = 0xf000;
    public const uint Pipe = 0x1000;
    public const uint Character = 0x2000;
    public const uint Folder = 0x4000;
    public const uint Block = 0x6000;
    public const uint File = 0x8000;
    public const uint Link = 0xa000;

    private const string Library = "libc";

    public static readonly int OnlyFolder = Libc.OpenDirectory;
    public static readonly int NoFollow = Libc.OpenNoFollow;

    public static bool IsRoot => EffectiveUser() == 0;

    /// <summary>A name as the C library wants it.</summary>
    public static byte[] Name(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    /// <summary>Throws what errno says unless the call went well.</summary>
    public static int Check(int result, string doing)
    {
        if (result >= 0) return result;
        var error = Marshal.GetLastPInvokeError();
        const int full = 28, quota = 122;
        throw error is full or quota
            ? ImageException.Of(ImageFault.DiskFull, $"{doing} failed: the disk is full.", fix: "Make room and run the command again.")
            : new IOException($"{doing} failed: {Marshal.GetPInvokeErrorMessage(error)}.", error);
    }

    [LibraryImport(Library, EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int folder, byte[] name, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeFolderAt(int folder, byte[] name, uint mode);

    [LibraryImport(Library, EntryPoint = "mknodat", SetLastError = true)]
    public static partial int MakeNodeAt(int folder, byte[] name, uint mode, ulong device);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int MakeLinkAt(byte[] target, int folder, byte[] name);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true)]
    public static partial int LinkAt(int fromFolder, byte[] from, int toFolder, byte[] to, int flags);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(int folder, byte[] name, int flags);

    [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true)]
    public static partial int RenameAt(int fromFolder, byte[] from, int toFolder, byte[] to, uint flags);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(int file);

    [LibraryImport(Library, EntryPoint = "fchownat", SetLastError = true)]
    public static partial int OwnAt(int folder, byte[] name, uint user, uint group, int flags);

    [LibraryImport(Library, EntryPoint = "fchmodat", SetLastError = true)]
    public static partial int ModeAt(int folder, byte[] name, uint mode, int flags);

    [LibraryImport(Library, EntryPoint = "utimensat", SetLastError = true)]
    public static partial int TimesAt(int folder, byte[] name, long* times, int flags);

    [LibraryImport(Library, EntryPoint = "lsetxattr", SetLastError = true)]
    public static partial int SetAttribute(byte[] path, byte[] name, byte[] value, nuint size, int flags);

    [LibraryImport(Library, EntryPoint = "lgetxattr", SetLastError = true)]
    public static partial nint GetAttribute(byte[] path, byte[] name, byte[] value, nuint size);

    [LibraryImport(Library, EntryPoint = "llistxattr", SetLastError = true)]
    public static partial nint ListAttributes(byte[] path, byte[] names, nuint size);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(int folder, byte[] name, byte[] target, nuint size);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    public static partial int StatAt(int folder, byte[] name, int flags, uint mask, StatXBuffer* status);

    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, ulong flags, string? data);

    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    /// <summary>What stands at a name, a link itself included; null when nothing does.</summary>
    public static StatXBuffer? TryStat(int folder, byte[] name)
    {
        StatXBuffer status;
        if (StatAt(folder, name, NoFollowAt, StatXBuffer.BasicMask, &status) == 0) return status;
        const int noEntry = 2, notFolder = 20;
        return Marshal.GetLastPInvokeError() is noEntry or notFolder ? null : throw new IOException($"stat failed: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>The names in an open folder, sorted by their bytes, each with its terminating zero.</summary>
    public static List<byte[]> Names(int folder)
    {
        var own = Check(OpenAt(folder, Name("."), ReadOnly | OnlyFolder | CloseOnExec, 0), "Reading a folder");
        var stream = Libc.OpenDirectoryStream(own);
        if (stream == 0)
        {
            _ = Libc.Close(own);
            throw new IOException("Reading a folder failed.");
        }
        var names = new List<byte[]>();
        try
        {
            while (Libc.ReadDirectoryStream(stream) is var entry && entry != 0)
            {
                // struct dirent64: inode, offset, length, type, then the name.
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + 19);
                if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)) continue;
                names.Add([.. name, 0]);
            }
        }
        finally
        {
            _ = Libc.CloseDirectoryStream(stream);
        }
        names.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        return names;
    }

    /// <summary>A path under which calls without an "at" reach a name in an open folder.</summary>
    public static byte[] Within(int folder, byte[] name) => [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{folder}/"), .. name];

    public static ulong Device(ulong major, ulong minor) =>
        // makedev(3) of glibc.
        ((major & 0xfff) << 8) | ((major & ~0xffful) << 32) | (minor & 0xff) | ((minor & ~0xfful) << 12);
}
