using System.Runtime.InteropServices;

namespace Flotilla.Core.Machines.Real;

/// <summary>Reads whole files.</summary>
internal static class LocalFile
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>The bytes of a regular file; other things are refused, also such as would block or answer for ever.</summary>
    public static byte[] Read(Location location)
    {
        using var file = Descriptor.Open(location.Directory, location.Name, Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.OpenNonBlocking);
        if (!file.IsOpen) throw location.Failure(file.Error, "read");
        var status = file.Stat() ?? throw location.Failure(Marshal.GetLastPInvokeError(), "read");
        if (status.Kind != FileKind.File)
            throw new IOException($"{location.Path} cannot be read: it is a {(status.Kind == FileKind.Directory ? "directory" : "device, socket or pipe")}.");
        if (status.Size > (ulong)Array.MaxLength) throw new IOException($"{location.Path} cannot be read: it has {status.Size} bytes, over {Array.MaxLength}.");
        // The files that the kernel makes up (proc(5)) say that they are empty.
        if (status.Size == 0) return ReadToEnd(file, location);
        var content = GC.AllocateUninitializedArray<byte>((int)status.Size);
        var length = Fill(file, content, location);
        return length == content.Length ? content : content[..length];
    }

    private static byte[] ReadToEnd(Descriptor file, Location location)
    {
        var content = new byte[ChunkBytes];
        var length = Fill(file, content, location);
        if (length == 0) return [];
        while (length == content.Length)
        {
            Array.Resize(ref content, content.Length * 2);
            length += Fill(file, content.AsSpan(length), location);
        }
        return content[..length];
    }

    // Reads until the buffer is full or the file ends.
    private static unsafe int Fill(Descriptor file, Span<byte> buffer, Location location)
    {
        var length = 0;
        fixed (byte* bytes = buffer)
        {
            while (length < buffer.Length)
            {
                var read = Libc.Read(file.Number, bytes + length, (nuint)(buffer.Length - length));
                if (read == 0) break;
                if (read > 0) length += (int)read;
                else if (Marshal.GetLastPInvokeError() is var error && error != Libc.Interrupted) throw LinuxFailure.Of(error, location.Path, "read");
            }
        }
        return length;
    }
}
