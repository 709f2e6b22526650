using System.Buffers.Text;

namespace Flotilla.Images.Tar;

/// <summary>One field of a header block: where it begins and how many bytes it has.</summary>
internal readonly record struct TarField(int Offset, int Length)
{
    public static readonly TarField Name = new(0, 100);
    public static readonly TarField Mode = new(100, 8);
    public static readonly TarField User = new(108, 8);
    public static readonly TarField Group = new(116, 8);
    public static readonly TarField Size = new(124, 12);
    public static readonly TarField Modified = new(136, 12);
    public static readonly TarField Checksum = new(148, 8);
    public static readonly TarField LinkName = new(157, 100);
    public static readonly TarField Magic = new(257, 8);
    public static readonly TarField UserName = new(265, 32);
    public static readonly TarField GroupName = new(297, 32);
    public static readonly TarField DeviceMajor = new(329, 8);
    public static readonly TarField DeviceMinor = new(337, 8);
    public static readonly TarField Prefix = new(345, 155);

    public const int TypeOffset = 156;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> block) => block.Slice(Offset, Length);

    public Span<byte> Of(Span<byte> block) => block.Slice(Offset, Length);

    /// <summary>The bytes up to the first NUL.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> block)
    {
        var field = Of(block);
        var end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }
}

/// <summary>
/// The 512-byte header of a tar member: ustar and pax as POSIX.1-2017 (pax, "ustar Interchange Format"), GNU's variant as in the
/// tar manual, "Basic Tar Format".
/// </summary>
internal static class TarHeader
{
    public const int BlockSize = 512;

    public static bool IsZero(ReadOnlySpan<byte> block) => !block.ContainsAnyExcept((byte)0);

    /// <summary>The sum of all bytes with the field of the checksum taken for spaces.</summary>
    public static int Checksum(ReadOnlySpan<byte> block)
    {
        var sum = 0;
        foreach (var each in block) sum += each;
        foreach (var each in TarField.Checksum.Of(block)) sum += ' ' - each;
        return sum;
    }

    // Some old writers summed signed bytes.
    private static int SignedChecksum(ReadOnlySpan<byte> block)
    {
        var sum = 0;
        foreach (var each in block) sum += (sbyte)each;
        foreach (var each in TarField.Checksum.Of(block)) sum += ' ' - (sbyte)each;
        return sum;
    }

    public static bool ChecksumHolds(ReadOnlySpan<byte> block) =>
        TryNumber(TarField.Checksum.Of(block), out var said) && (said == Checksum(block) || said == SignedChecksum(block));

    /// <summary>Whether the header is of a format that splits long names into prefix and name.</summary>
    public static bool HasPrefix(ReadOnlySpan<byte> block) => TarField.Magic.Of(block)[..6].SequenceEqual("ustar\0"u8);

    /// <summary>A numeric field: octal digits between spaces or NULs, or GNU's base-256 with the high bit set; empty is 0.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0) return TryBase256(field, out value);
        field = field.TrimStart((byte)' ');
        var end = field.IndexOfAny((byte)0, (byte)' ');
        var digits = end < 0 ? field : field[..end];
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value >> 60 != 0) return false;
            value = (value << 3) + (digit - '0');
        }
        // After the digits only terminators may stand.
        return end < 0 || !field[end..].ContainsAnyExcept((byte)0, (byte)' ');
    }

    private static bool TryBase256(ReadOnlySpan<byte> field, out long value)
    {
        var negative = (field[0] & 0x40) != 0;
        value = negative ? -1 : 0;
        for (var i = 0; i < field.Length; i++)
        {
            var each = i == 0 ? (negative ? field[0] | 0x80 : field[0] & 0x7f) : field[i];
            if (i == 0 && field.Length <= 8) value = negative ? (sbyte)(byte)each : each;
            else
            {
                if (value is > long.MaxValue >> 8 or < long.MinValue >> 8) return false;
                value = (value << 8) | (uint)(i == 0 && negative ? 0xff : each);
            }
        }
        return true;
    }

    public static void WriteBase256(Span<byte> field, long value)
    {
        for (var i = field.Length - 1; i >= 0; i--)
        {
            field[i] = (byte)value;
            value >>= 8;
        }
        field[0] |= 0x80;
    }

    public static bool TryDecimal(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && text.Length > 0;
}
