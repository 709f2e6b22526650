using System.Buffers;
using System.Globalization;

namespace Flotilla.Detection;

/// <summary>Numbers as the text format writes them: decimal, with or without an exponent, NaN, and Inf with a sign.</summary>
internal static class PrometheusNumber
{
    private const ulong LargestExact = 1UL << 53;

    private static readonly SearchValues<char> DecimalCharacters = SearchValues.Create("0123456789.eE+-");

    // Powers of ten that a double holds exactly.
    private static readonly double[] PowersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    public static bool TryParse(ReadOnlySpan<char> text, out double value) => TryParseShort(text, out value) || TryParseAny(text, out value);

    public static string Format(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    // Up to 15 digits and no exponent, which is nearly every number: both the digits and the power of ten are exact in a
    // double, so that one division rounds correctly (W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990).
    private static bool TryParseShort(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative) text = text[1..];
        if (text.Length is 0 or > 16) return false;
        ulong digits = 0;
        var count = 0;
        var point = -1;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiDigit(c))
            {
                digits = digits * 10 + (uint)(c - '0');
                count++;
            }
            else if (c == '.' && point < 0)
            {
                point = i;
            }
            else
            {
                return false;
            }
        }
        if (count is 0 or > 15 || digits > LargestExact) return false;
        value = point < 0 ? digits : digits / PowersOfTen[text.Length - 1 - point];
        if (negative) value = -value;
        return true;
    }

    private static bool TryParseAny(ReadOnlySpan<char> text, out double value)
    {
        if (text.IndexOfAnyExcept(DecimalCharacters) < 0)
        {
            const NumberStyles decimals = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            return double.TryParse(text, decimals, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
        }
        var negative = text[0] == '-';
        var name = text[0] is '-' or '+' ? text[1..] : text;
        if (Is(name, "inf") || Is(name, "infinity")) value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        else if (Is(text, "nan")) value = double.NaN;
        else value = 0;
        return !double.IsFinite(value);
    }

    private static bool Is(ReadOnlySpan<char> text, string name) => text.Equals(name, StringComparison.OrdinalIgnoreCase);
}
