using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Flotilla.Images.Graph;

/// <summary>The CRC-32 of zlib and pack indexes (polynomial 0xEDB88320), eight bytes at a time (Kounavis and Berry, "slicing by 8").</summary>
internal static class Crc32
{
    private static readonly uint[] Table = Build();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var table = Table;
        crc = ~crc;
        while (data.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = table[(7 << 8) + (int)(low & 0xff)] ^ table[(6 << 8) + (int)((low >> 8) & 0xff)]
                ^ table[(5 << 8) + (int)((low >> 16) & 0xff)] ^ table[(4 << 8) + (int)(low >> 24)]
                ^ table[(3 << 8) + (int)(high & 0xff)] ^ table[(2 << 8) + (int)((high >> 8) & 0xff)]
                ^ table[(1 << 8) + (int)((high >> 16) & 0xff)] ^ table[(int)(high >> 24)];
            data = data[8..];
        }
        foreach (var each in data) crc = table[(int)((crc ^ each) & 0xff)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] Build()
    {
        var table = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >> 1) ^ 0xedb88320 : value >> 1;
            table[i] = value;
        }
        for (var i = 256; i < table.Length; i++) table[i] = (table[i - 256] >> 8) ^ table[table[i - 256] & 0xff];
        return table;
    }
}
