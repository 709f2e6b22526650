namespace Flotilla.Images.Tar;

/// <summary>How a writer spells a numeric field: so many octal digits, padded in front, and what follows them.</summary>
internal readonly struct NumberStyle
{
    private readonly byte _pad;
    private readonly int _digits;
    private readonly byte[]? _suffix;
    private readonly bool _empty;

    private NumberStyle(byte pad, int digits, byte[] suffix, bool empty) => (_pad, _digits, _suffix, _empty) = (pad, digits, suffix, empty);

    /// <summary>Reads the style from a field that the writer wrote.</summary>
    public static NumberStyle Of(ReadOnlySpan<byte> field)
    {
        if (!field.ContainsAnyExcept((byte)0)) return new(0, 0, [], empty: true);
        if ((field[0] & 0x80) != 0) return new((byte)'0', field.Length - 1, [0], empty: false);
        var digits = 0;
        while (digits < field.Length && field[digits] == ' ') digits++;
        while (digits < field.Length && field[digits] is >= (byte)'0' and <= (byte)'7') digits++;
        return new(field[0] == ' ' ? (byte)' ' : (byte)'0', digits, field[digits..].ToArray(), empty: false);
    }

    /// <summary>Writes a value; what does not fit is written in base 256.</summary>
    public void Write(Span<byte> field, long value)
    {
        if (_empty && value == 0)
        {
            field.Clear();
            return;
        }
        var digits = _empty ? field.Length - 1 : _digits;
        if (value < 0 || (digits * 3 < 63 && value >> (digits * 3) != 0))
        {
            TarHeader.WriteBase256(field, value);
            return;
        }
        var pad = _empty ? (byte)'0' : _pad;
        var left = value;
        for (var i = digits - 1; i >= 0; i--)
        {
            field[i] = left != 0 || i == digits - 1 ? (byte)('0' + (left & 7)) : pad;
            left >>= 3;
        }
        field[digits..].Clear();
        if (!_empty) _suffix.CopyTo(field[digits..]);
    }
}
