using System.Text;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Archives;

/// <summary>Writes the plain tar that carries an image: files of known size, owned by root, all of the same time, so that equal images give equal archives.</summary>
internal sealed class TarArchive(Stream to)
{
    private const long OctalMax = 0x1_ffff_ffff;
    private static readonly byte[] Zeros = new byte[2 * TarHeader.BlockSize];

    public async Task AddAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await AddAsync(name, content.Length, async (stream, token) => await stream.WriteAsync(content, token), cancellationToken);

    public async Task AddAsync(string name, long size, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        await to.WriteAsync(Header(name, '0', size, 0b110_100_100), cancellationToken);
        var counted = new HashingStream(to);
        await write(counted, cancellationToken);
        if (counted.Count != size) throw new InvalidOperationException($"{name} has {counted.Count} bytes instead of {size}.");
        await to.WriteAsync(Zeros.AsMemory(0, (int)(-size & (TarHeader.BlockSize - 1))), cancellationToken);
    }

    public async Task AddFolderAsync(string name, CancellationToken cancellationToken) => await to.WriteAsync(Header(name + "/", '5', 0, 0b111_101_101), cancellationToken);

    public async Task EndAsync(CancellationToken cancellationToken) => await to.WriteAsync(Zeros, cancellationToken);

    private static byte[] Header(string name, char type, long size, int mode)
    {
        var block = new byte[TarHeader.BlockSize];
        Encoding.ASCII.GetBytes(name).CopyTo(block, TarField.Name.Offset);
        Octal(TarField.Mode, mode);
        Octal(TarField.User, 0);
        Octal(TarField.Group, 0);
        if (size <= OctalMax) Octal(TarField.Size, size);
        else TarHeader.WriteBase256(TarField.Size.Of(block.AsSpan()), size);
        Octal(TarField.Modified, 0);
        block[TarField.TypeOffset] = (byte)type;
        "ustar\000"u8.CopyTo(TarField.Magic.Of(block.AsSpan()));
        Octal(TarField.DeviceMajor, 0);
        Octal(TarField.DeviceMinor, 0);
        Encoding.ASCII.GetBytes(Convert.ToString(TarHeader.Checksum(block), 8).PadLeft(6, '0') + "\0 ").CopyTo(block, TarField.Checksum.Offset);
        return block;

        void Octal(TarField field, long value) =>
            Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0')).CopyTo(block, field.Offset);
    }
}
