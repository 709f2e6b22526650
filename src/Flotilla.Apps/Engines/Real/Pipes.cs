using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Flotilla.Apps.Engines.Real;

/// <summary>What the kernel knows about a pipe.</summary>
internal static partial class Pipes
{
    // ioctl_tty(2): the number of bytes that can be read.
    private const nuint Readable = 0x541B;

    /// <summary>True when nothing is left to read, or nothing can be known.</summary>
    public static bool IsEmpty(Stream stream) =>
        stream is not PipeStream { IsConnected: true } pipe || Control(pipe.SafePipeHandle, Readable, out var bytes) != 0 || bytes == 0;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(SafeHandle file, nuint request, out int bytes);
}
