using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Flotilla.Core;

namespace Flotilla.Inspection.Profiles;

/// <summary>A place in a TOML text that moves forward.</summary>
internal sealed class TomlText(string path, string shown, string text)
{
    private int _at;
    private int _lineStart;

    public int Line { get; private set; } = 1;
    public int Column => _at - _lineStart + 1;
    public bool AtEnd => _at >= text.Length;
    public char Peek => _at < text.Length ? text[_at] : '\0';

    public char Next()
    {
        if (AtEnd) throw Wrong("The file ends in the middle of a value.", "Close the quotes or the bracket.");
        var letter = text[_at++];
        if (letter == '\n') (Line, _lineStart) = (Line + 1, _at);
        return letter;
    }

    public bool Take(string sign)
    {
        if (string.CompareOrdinal(text, _at, sign, 0, sign.Length) != 0) return false;
        for (var i = 0; i < sign.Length; i++) Next();
        return true;
    }

    public void Expect(string sign)
    {
        SkipBlanks();
        if (!Take(sign)) throw Wrong($"\"{sign}\" is missing here.", $"Write \"{sign}\", or quotes around text.");
    }

    public void SkipBlanks()
    {
        while (Peek is ' ' or '\t') Next();
    }

    /// <summary>Passes over blanks, ends of lines and comments.</summary>
    public void SkipLines()
    {
        while (!AtEnd)
            if (Peek is ' ' or '\t' or '\r' or '\n') Next();
            else if (Peek == '#') Comment();
            else return;
    }

    public void EndOfLine()
    {
        SkipBlanks();
        if (Peek == '#') Comment();
        if (Peek == '\r') Next();
        if (!AtEnd && Peek != '\n') throw Wrong("Something stands after the value.", "Begin a new line.");
    }

    public string BareKey()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Peek) || Peek is '_' or '-') Next();
        return _at > start ? text[start.._at] : throw Wrong("A key is missing here.", "Write \"name = value\".");
    }

    public string Word()
    {
        var start = _at;
        while (!AtEnd && Peek is not (',' or ']' or '}' or '#' or '\r' or '\n')) Next();
        return text[start.._at].TrimEnd();
    }

    public ProblemException Wrong(string why, string fix) => Wrong(Line, Column, why, fix);

    public ProblemException Wrong(int line, int column, string why, string fix) =>
        new(new Problem("The file is no TOML.", new SourceLocation(path, line) { Column = column, Shown = shown }, why, fix));

    private void Comment()
    {
        while (!AtEnd && Peek != '\n') Next();
    }
}

/// <summary>Strings of TOML.</summary>
internal static class TomlString
{
    public static string Read(TomlText text)
    {
        var quote = text.Peek;
        var isLong = text.Take(new string(quote, 3));
        if (!isLong) text.Next();
        if (isLong && !text.Take("\r\n")) text.Take("\n");
        var value = new StringBuilder();
        while (true)
        {
            if (isLong && text.Take(new string(quote, 3)))
            {
                // Up to two quotes may stand before the closing three.
                for (var more = 0; more < 2 && text.Peek == quote; more++) value.Append(text.Next());
                return value.ToString();
            }
            if (!isLong && text.Peek == quote)
            {
                text.Next();
                return value.ToString();
            }
            if (!isLong && text.Peek is '\n' or '\r' && !text.AtEnd && !isLong) throw text.Wrong("The text is not closed in its line.", "Close the quotes.");
            var letter = text.Next();
            if (letter == '\\' && quote == '"') Escape(text, value, isLong);
            else value.Append(letter);
        }
    }

    private static void Escape(TomlText text, StringBuilder value, bool isLong)
    {
        if (isLong && text.Peek is ' ' or '\t' or '\r' or '\n')
        {
            while (text.Peek is ' ' or '\t' or '\r' or '\n') text.Next();
            return;
        }
        var letter = text.Next();
        switch (letter)
        {
            case 'b': value.Append('\b'); break;
            case 't': value.Append('\t'); break;
            case 'n': value.Append('\n'); break;
            case 'f': value.Append('\f'); break;
            case 'r': value.Append('\r'); break;
            case '"' or '\\': value.Append(letter); break;
            case 'u': Point(text, value, 4); break;
            case 'U': Point(text, value, 8); break;
            default: throw text.Wrong($"\"\\{letter}\" means nothing.", "Write two backslashes, or put the text in single quotes.");
        }
    }

    private static void Point(TomlText text, StringBuilder value, int digits)
    {
        var hex = new StringBuilder();
        for (var i = 0; i < digits; i++) hex.Append(text.Next());
        if (int.TryParse(hex.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point) && Rune.IsValid(point)) value.Append(new Rune(point));
        else throw text.Wrong($"\"{hex}\" is the number of no character.", "Write the character itself.");
    }
}

/// <summary>Values of TOML that are one word.</summary>
internal static partial class TomlScalar
{
    /// <summary>A truth, a number, or a date as text; null for anything else.</summary>
    public static object? Parse(string word)
    {
        if (word is "true" or "false") return word == "true";
        var digits = word.Replace("_", "");
        if (Whole().IsMatch(word) && long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (digits.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)) return hex;
        if (digits.StartsWith("0b", StringComparison.Ordinal) && long.TryParse(digits.AsSpan(2), NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out var bits)) return bits;
        if (Octal().IsMatch(digits)) return digits[2..].Aggregate(0L, (value, digit) => value * 8 + (digit - '0'));
        if (Number().IsMatch(word) && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        if (word.TrimStart('+', '-') is "inf" or "nan") return word.EndsWith("nan", StringComparison.Ordinal) ? double.NaN : word[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return Date().IsMatch(word) ? word : null;
    }

    [GeneratedRegex(@"\A[-+]?(0|[1-9](_?[0-9])*)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\A0o[0-7]{1,20}\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Octal();

    [GeneratedRegex(@"\A[-+]?[0-9](_?[0-9])*(\.[0-9](_?[0-9])*)?([eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"\A(\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)?)?|\d\d:\d\d:\d\d(\.\d+)?)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Date();
}
