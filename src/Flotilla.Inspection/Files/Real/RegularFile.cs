using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Flotilla.Inspection.Files.Real;

/// <summary>
/// Reads files that nobody vouches for. A name in a repository may lead to a device or a pipe, and reading one may never end; not even opening one may,
/// unless it is opened without waiting (open(2), O_NONBLOCK), which the BCL cannot.
/// </summary>
internal static partial class RegularFile
{
    // O_RDONLY, O_NONBLOCK, O_NOCTTY, O_CLOEXEC: the values of Linux on all of its common processors.
    private const int Flags = 0x800 | 0x100 | 0x80000;

    /// <summary>All bytes of a file, as many as it is long now, or the first ones.</summary>
    /// <param name="path">Its path; links are followed.</param>
    /// <param name="bytesMax">How many at most.</param>
    /// <exception cref="IOException">It is not there, it cannot be read, or it is longer than memory.</exception>
    public static byte[] Read(string path, long bytesMax = long.MaxValue)
    {
        using var file = Open(path);
        long length;
        try
        {
            length = Math.Min(RandomAccess.GetLength(file), bytesMax);
        }
        catch (NotSupportedException noFile)
        {
            throw new IOException($"{path} is no file.", noFile);
        }
        if (length > Array.MaxLength) throw new IOException($"{path} is longer than can be held.");
        var bytes = new byte[length];
        var at = 0;
        while (at < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(at), at) is > 0 and var read) at += read;
        return at == bytes.Length ? bytes : bytes[..at];
    }

    private static SafeFileHandle Open(string path)
    {
        var file = Open(path, Flags);
        if (file < 0) throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        return new SafeFileHandle(file, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
