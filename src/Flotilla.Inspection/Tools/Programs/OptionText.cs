using System.Collections;
using System.Globalization;

namespace Flotilla.Inspection.Tools.Programs;

/// <summary>Writes the options of a profile as arguments.</summary>
internal static class OptionText
{
    /// <summary>One value: lists joined by commas, numbers in the invariant culture, truths as given.</summary>
    public static string Of(object? value, string yes = "yes", string no = "no") => value switch
    {
        null => "",
        bool truth => truth ? yes : no,
        string text => text,
        IEnumerable list => string.Join(',', list.Cast<object?>().Select(item => Of(item, yes, no))),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>As flags of a program of today: <c>--name</c> for true, nothing for false, <c>--name=value</c> once for each element of a list.</summary>
    public static IEnumerable<string> Flags(IEnumerable<KeyValuePair<string, object?>> options)
    {
        foreach (var (name, value) in options)
        {
            var flag = "--" + name.Replace('_', '-');
            if (value is bool truth)
            {
                if (truth) yield return flag;
            }
            else if (value is IEnumerable list and not string)
                foreach (var item in list) yield return $"{flag}={Of(item)}";
            else if (value is not null) yield return $"{flag}={Of(value)}";
        }
    }

    /// <summary>A whole number of a profile, or null.</summary>
    public static int? Number(ToolSettings settings, string option) => settings.Options.GetValueOrDefault(option) switch
    {
        long number => (int)number,
        int number => number,
        string text when int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
