using System.Globalization;
using System.Text.RegularExpressions;

namespace Flotilla.Inspection.Profiles;

/// <summary>What a plain scalar means, by the rules of YAML 1.1 that PyYAML follows, so that a profile means here what it means there.</summary>
internal static partial class YamlScalar
{
    public static object? Parse(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return true;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return false;
        }
        if (Whole().IsMatch(text) && long.TryParse(text.Replace("_", ""), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (Decimal().IsMatch(text) && double.TryParse(text.Replace("_", ""), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number;
        return text;
    }

    /// <summary>A value so that <see cref="Parse"/> gives it back: plain where that is safe, else in double quotes.</summary>
    public static string Write(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        double number => Dotted(number.ToString("R", CultureInfo.InvariantCulture)),
        string text => Safe().IsMatch(text) && Parse(text) is string ? text : Quoted(text),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Dotted(string number)
    {
        if (number.Contains('.')) return number;
        var exponent = number.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0 ? number + ".0" : number[..exponent] + ".0" + number[exponent..];
    }

    private static string Quoted(string text)
    {
        var quoted = new System.Text.StringBuilder("\"");
        foreach (var letter in text)
            _ = letter switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                < ' ' or (>= '\x7f' and <= '\x9f') or '\u2028' or '\u2029' or '\ufeff' => quoted.Append($"\\u{(int)letter:x4}"),
                _ => quoted.Append(letter),
            };
        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"\A[-+]?(0|[1-9][0-9_]*)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\A[-+]?([0-9][0-9_]*)?\.[0-9]+([eE][-+]?[0-9]+)?\z|\A[-+]?[0-9][0-9_]*\.([eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_./+-]*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Safe();
}
