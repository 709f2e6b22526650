using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Flotilla.Images.Folders.Real;

/// <summary>Files of Linux as they are: names are bytes, links are not followed (openat(2), statx(2), xattr(7)).</summary>
internal static unsafe partial class Native
{
    public const int CurrentFolder = -100;
    public const int NoFollow = 0x100;
    public const int EmptyPath = 0x1000;
    public const int ReadOnly = 0;
    public const int NewFile = 0x1 | 0x40 | 0x80 | CloseOnExec;
    public const int CloseOnExec = 0x80000;
    public const int TypeMask = 0xf000;
    public const int TypePipe = 0x1000;
    public const int TypeCharacter = 0x2000;
    public const int TypeFolder = 0x4000;
    public const int TypeBlock = 0x6000;
    public const int TypeFile = 0x8000;
    public const int TypeLink = 0xa000;
    public const int Exists = 17;
    public const int NotSupported = 95;

    private const uint BasicStats = 0x7ff;
    private const int NoData = 61;

    // These two differ between processors (fcntl.h of the kernel, asm-generic and arm).
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;

    public static int OpenFolderFlags => CloseOnExec | (Arm ? 0x4000 | 0x8000 : 0x10000 | 0x20000);

    public static int OpenNoFollow => Arm ? 0x8000 : 0x20000;

    public static Status Stat(byte[] path)
    {
        Status status;
        Check(statx(CurrentFolder, path, NoFollow, BasicStats, &status), path);
        return status;
    }

    public static byte[] ReadLink(byte[] path)
    {
        var buffer = new byte[4097];
        var length = (int)readlink(path, buffer, (nuint)buffer.Length);
        Check(length, path);
        return buffer[..length];
    }

    /// <summary>Names within a folder, without <c>.</c> and <c>..</c>, each ended by a NUL, sorted by their bytes.</summary>
    public static List<byte[]> List(byte[] path)
    {
        var folder = opendir(path);
        if (folder == 0) throw Failure(path);
        var names = new List<byte[]>();
        try
        {
            while (true)
            {
                Marshal.SetLastSystemError(0);
                var entry = readdir(folder);
                if (entry is null)
                {
                    if (Marshal.GetLastPInvokeError() != 0) throw Failure(path);
                    break;
                }
                // struct dirent: d_ino 8, d_off 8, d_reclen 2, d_type 1, d_name.
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add([.. name, 0]);
            }
        }
        finally
        {
            _ = closedir(folder);
        }
        names.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return names;
    }

    /// <summary>Extended attributes, sorted by name. A file system without them has none.</summary>
    public static List<(string Name, byte[] Value)> Attributes(byte[] path)
    {
        var attributes = new List<(string, byte[])>();
        var size = llistxattr(path, null, 0);
        if (size < 0 && Marshal.GetLastPInvokeError() == NotSupported) return attributes;
        Check(size, path);
        var names = new byte[size];
        size = llistxattr(path, names, (nuint)names.Length);
        Check(size, path);
        foreach (var range in System.Text.Encoding.UTF8.GetString(names, 0, (int)size).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        {
            var length = lgetxattr(path, Z(range), null, 0);
            if (length < 0 && Marshal.GetLastPInvokeError() == NoData) continue;
            Check(length, path);
            var value = new byte[length];
            length = lgetxattr(path, Z(range), value, (nuint)value.Length);
            Check(length, path);
            attributes.Add((range, value[..(int)length]));
        }
        return attributes;
    }

    public static byte[] Z(string text) => [.. System.Text.Encoding.UTF8.GetBytes(text), 0];

    public static void Check(nint result, byte[] path)
    {
        if (result < 0) throw Failure(path);
    }

    public static IOException Failure(byte[] path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{Layout.Escaped.From(path.AsSpan().TrimEnd((byte)0))}: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int folder, byte[] path, int flags, uint mask, Status* status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlink(byte[] path, byte[] buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint opendir(byte[] path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* readdir(nint folder);

    [LibraryImport("libc")]
    private static partial int closedir(nint folder);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint llistxattr(byte[] path, byte[]? list, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint lgetxattr(byte[] path, byte[] name, byte[]? value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int lsetxattr(byte[] path, byte[] name, byte[] value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fsetxattr(int file, byte[] name, byte[] value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int openat(int folder, byte[] path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int file);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mkdirat(int folder, byte[] path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int symlinkat(byte[] target, int folder, byte[] path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int linkat(int oldFolder, byte[] oldPath, int folder, byte[] path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mknodat(int folder, byte[] path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchownat(int folder, byte[] path, uint user, uint group, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmodat(int folder, byte[] path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int utimensat(int folder, byte[] path, Time* times, int flags);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [StructLayout(LayoutKind.Sequential)]
    public struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    /// <summary>struct statx, the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Status
    {
        [FieldOffset(16)] public uint Links;
        [FieldOffset(20)] public uint User;
        [FieldOffset(24)] public uint Group;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public long Size;
        [FieldOffset(112)] public long Modified;
        [FieldOffset(128)] public uint DeviceMajor;
        [FieldOffset(132)] public uint DeviceMinor;
        [FieldOffset(136)] public uint FileSystemMajor;
        [FieldOffset(140)] public uint FileSystemMinor;
    }
}
