using System.Collections;
using System.Globalization;
using System.Text;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.Caching;

/// <summary>Settings as text that is the same exactly when they are.</summary>
internal static class SettingsText
{
    public static string Of(ToolSettings settings)
    {
        var text = new StringBuilder();
        Write(settings.Options, text);
        foreach (var list in (IReadOnlyList<string>[])[settings.Enable, settings.Disable, settings.LoadPlugins, settings.Uses]) Write(list, text);
        return text.Append(settings.ExternalConfiguration).ToString();
    }

    // Every value says its kind and its length, so that no two join to the same text.
    private static void Write(object? value, StringBuilder text)
    {
        switch (value)
        {
            case string words:
                text.Append(CultureInfo.InvariantCulture, $"s{words.Length}:{words}");
                break;
            case IReadOnlyDictionary<string, object?> map:
                text.Append('{');
                foreach (var (key, each) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    Write(key, text);
                    Write(each, text);
                }
                text.Append('}');
                break;
            case IEnumerable list:
                text.Append('[');
                foreach (var each in list) Write(each, text);
                text.Append(']');
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"({value?.GetType().Name} {value})");
                break;
        }
    }
}
