using System.Globalization;

namespace Flotilla.Detection;

/// <summary>What stands where a value is expected.</summary>
internal enum ValueKind { Number, Missing, Infinite, Other }

/// <summary>Numbers in text.</summary>
internal static class NumberText
{
    private const int DigitsMax = 18;
    private const ulong ExactMax = 1UL << 53;
    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // The powers of ten that a double holds exactly.
    private static readonly double[] PowersOfTen =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

    private static readonly string[] MissingWords = ["null", "nan", "none", "n/a", "na"];
    private static readonly string[] InfiniteWords = ["inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"];

    /// <summary>Reads a value; it is NaN unless the kind is <see cref="ValueKind.Number"/>.</summary>
    public static ValueKind Read(ReadOnlySpan<byte> text, out double value)
    {
        if (TryParse(text, out value)) return double.IsFinite(value) ? ValueKind.Number : Not(ValueKind.Infinite, out value);
        return text.IsEmpty || IsOneOf(text, MissingWords) ? Not(ValueKind.Missing, out value)
            : IsOneOf(text, InfiniteWords) ? Not(ValueKind.Infinite, out value)
            : Not(ValueKind.Other, out value);
    }

    /// <summary>
    /// A decimal number with an optional exponent, rounded correctly; infinite when it is too large for a double. A number of
    /// few digits is a quotient of two numbers that a double holds exactly, so the division rounds it correctly (W. D. Clinger, "How to
    /// read floating point numbers accurately", PLDI 1990).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        ulong digits = 0;
        var count = 0;
        var point = -1;
        var i = !text.IsEmpty && text[0] == '-' ? 1 : 0;
        var start = i;
        for (; i < text.Length; i++)
        {
            var digit = (uint)text[i] - '0';
            if (digit <= 9)
            {
                digits = digits * 10 + digit;
                if (++count > DigitsMax) return TryParseAny(text, out value);
            }
            else if (text[i] == '.' && point < 0)
            {
                point = i;
            }
            else
            {
                return TryParseAny(text, out value);
            }
        }
        if (count == 0 || digits > ExactMax) return TryParseAny(text, out value);
        value = point < 0 ? digits : digits / PowersOfTen[text.Length - 1 - point];
        if (start > 0) value = -value;
        return true;
    }

    private static bool TryParseAny(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        // The words for NaN and infinity are not numbers here.
        return text.IndexOfAnyInRange((byte)'0', (byte)'9') >= 0 && double.TryParse(text, Styles, CultureInfo.InvariantCulture, out value);
    }

    private static ValueKind Not(ValueKind kind, out double value)
    {
        value = double.NaN;
        return kind;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> text, string[] words)
    {
        foreach (var word in words)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(text, word)) return true;
        }
        return false;
    }
}
