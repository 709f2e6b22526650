using System.Buffers.Binary;

namespace Flotilla.Docker.Real;

/// <summary>
/// The frames in which the engine sends two outputs over one connection (Docker Engine API, ContainerAttach, "Stream format"): which one,
/// three zero bytes, the length, the bytes.
/// </summary>
internal static class OutputFrames
{
    private const int FrameBytesMax = 64 << 20;

    /// <summary>Reads to the end; with a terminal there are no frames.</summary>
    public static async Task ReadAsync(Stream stream, bool terminal, Func<OutputStream, ReadOnlyMemory<byte>, Task> take, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        if (terminal)
        {
            for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;) await take(OutputStream.Output, buffer.AsMemory(0, read));
            return;
        }
        var head = new byte[8];
        while (true)
        {
            var got = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            if (got == 0) return;
            if (got < head.Length) throw new EndOfStreamException("The engine's output ends within a frame's head.");
            var left = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4));
            if (head[0] > 2 || head[1] != 0 || head[2] != 0 || head[3] != 0 || left > FrameBytesMax) throw new InvalidDataException("The engine's output has no frames.");
            while (left > 0)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(left, (uint)buffer.Length));
                var read = await stream.ReadAsync(part, cancellationToken);
                if (read == 0) throw new EndOfStreamException("The engine's output ends within a frame.");
                await take(head[0] == 2 ? OutputStream.Error : OutputStream.Output, part[..read]);
                left -= (uint)read;
            }
        }
    }
}
