using System.Buffers;
using System.Text;
using Flotilla.Images.Tar;

namespace Flotilla.Benchmarks.Images;

/// <summary>Changes tars at random: bytes, fields, records, blocks; mostly with checksums that hold afterwards, so that readers get to what was changed.</summary>
internal sealed class TarMutator(IReadOnlyList<byte[]> seeds)
{
    private const int ChangesMax = 6;

    private static readonly TarField[] Fields =
    [
        TarField.Name, TarField.Mode, TarField.User, TarField.Group, TarField.Size, TarField.Modified, TarField.LinkName, TarField.Magic,
        TarField.UserName, TarField.GroupName, TarField.DeviceMajor, TarField.DeviceMinor, TarField.Prefix,
    ];

    private static readonly byte[][] Values =
    [
        .. new[]
        {
            "", "0", "7", "00000000001\0", "77777777777\0", "777777777777", "-1", "00000001000 ", "        ", "..", "../x", "/", "./", "a/../b", ".git", ".wh.", ".wh..", ".wh..wh..opq",
            "a\0b", "\n", "\t", "%", "%41", "=", "9", "08", "etc", "etc/motd", "etc/motd/below", "etc/link/below", "ustar\0" + "00", "ustar  \0", "12 path=x\n", "11 size=-1\n", "30 mtime=99999999999999999999\n",
            "99999999999999999999 path=", "20 GNU.sparse.major=1\n",
        }.Select(Encoding.Latin1.GetBytes),
        [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], [0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0xc3], [0xf0, 0x9f, 0x9a, 0xa2],
    ];

    private static readonly SearchValues<byte> ChecksumBytes = SearchValues.Create("01234567 \0"u8);

    private static ReadOnlySpan<byte> Types => "0123456789xgLKSDMVXAN\0 "u8;

    public byte[] Make(Random random)
    {
        var bytes = new List<byte>(seeds[random.Next(seeds.Count)]);
        for (var changes = random.Next(1, ChangesMax + 1); changes > 0 && bytes.Count > 0; changes--) Change(bytes, random);
        var result = bytes.ToArray();
        if (random.Next(8) > 0) MendChecksums(result);
        return result;
    }

    private void Change(List<byte> bytes, Random random)
    {
        var blocks = bytes.Count / TarHeader.BlockSize;
        var block = random.Next(Math.Max(1, blocks)) * TarHeader.BlockSize;
        switch (random.Next(11))
        {
            case 0:
                bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
                break;
            case 2 or 3 or 4:
                var field = Fields[random.Next(Fields.Length)];
                Put(bytes, block + field.Offset, field.Length, Values[random.Next(Values.Length)]);
                break;
            case 5:
                if (block + TarField.TypeOffset < bytes.Count) bytes[block + TarField.TypeOffset] = Types[random.Next(Types.Length)];
                break;
            case 6:
                Put(bytes, random.Next(bytes.Count), int.MaxValue, Values[random.Next(Values.Length)]);
                break;
            case 7:
                bytes.RemoveRange(block, Math.Min(TarHeader.BlockSize * random.Next(1, 4), bytes.Count - block));
                break;
            case 8:
                var from = random.Next(Math.Max(1, blocks)) * TarHeader.BlockSize;
                bytes.InsertRange(block, bytes.GetRange(from, Math.Min(TarHeader.BlockSize * random.Next(1, 4), bytes.Count - from)));
                break;
            case 9:
                var end = random.Next(bytes.Count);
                bytes.RemoveRange(end, bytes.Count - end);
                break;
            default:
                var other = seeds[random.Next(seeds.Count)];
                var start = random.Next(other.Length / TarHeader.BlockSize) * TarHeader.BlockSize;
                bytes.InsertRange(block, other.AsSpan(start, Math.Min(TarHeader.BlockSize * random.Next(1, 9), other.Length - start)).ToArray());
                break;
        }
    }

    private static void Put(List<byte> bytes, int at, int length, byte[] value)
    {
        for (var i = 0; i < Math.Min(length, Math.Max(value.Length, length == int.MaxValue ? 0 : length)) && at + i < bytes.Count; i++)
            bytes[at + i] = i < value.Length ? value[i] : (byte)0;
    }

    // A block in which a reader would see a header: a magic stands there, or its checksum field looks like one.
    private static void MendChecksums(byte[] bytes)
    {
        for (var at = 0; at + TarHeader.BlockSize <= bytes.Length; at += TarHeader.BlockSize)
        {
            var block = bytes.AsSpan(at, TarHeader.BlockSize);
            var field = TarField.Checksum.Of(block);
            if (TarHeader.IsZero(block) || field.ContainsAnyExcept(ChecksumBytes) || !field.ContainsAnyInRange((byte)'0', (byte)'7')) continue;
            Encoding.ASCII.GetBytes(Convert.ToString(TarHeader.Checksum(block), 8).PadLeft(6, '0') + "\0 ").CopyTo(field);
        }
    }
}
