using System.Text;

namespace Flotilla.Inspection.Profiles;

/// <summary>Writes a merged profile as YAML that needs no other profile.</summary>
internal static class ProfileWriter
{
    public static string Write(ProfileLayer layer)
    {
        var text = new StringBuilder();
        Line(text, 0, "allow-shorthand", false);
        Line(text, 0, "strictness", layer.Strictness ?? "none");
        Line(text, 0, "doc-warnings", layer.DocWarnings == true);
        Line(text, 0, "test-warnings", layer.TestWarnings == true);
        Line(text, 0, "member-warnings", layer.MemberWarnings == true);
        Line(text, 0, "autodetect", layer.Autodetect != false);
        if (layer.MaxLineLength is { } length) Line(text, 0, "max-line-length", (long)length);
        if (layer.Pep8 is { } pep8) Line(text, 0, "pep8", pep8);
        if (layer.OutputFormat is { } format) Line(text, 0, "output-format", format);
        List(text, 0, "output-target", layer.OutputTargets.Items);
        List(text, 0, "ignore-paths", layer.IgnorePaths.Items);
        List(text, 0, "ignore-patterns", layer.IgnorePatterns.Items);
        List(text, 0, "uses", layer.Uses.Items);
        foreach (var (name, tool) in layer.Tools) Tool(text, name, tool);
        return text.ToString();
    }

    private static void Tool(StringBuilder text, string name, ToolLayer tool)
    {
        text.Append(YamlScalar.Write(name)).Append(":\n");
        var empty = text.Length;
        if (tool.Run is { } run) Line(text, 1, "run", run);
        List(text, 1, "enable", tool.Enable.Items);
        List(text, 1, "disable", tool.Disable.Items);
        if (tool.LoadPlugins is { } plugins) Value(text, 1, "load-plugins", plugins.ToList<object?>());
        if (tool.Options.Count > 0) Value(text, 1, "options", tool.Options);
        if (text.Length == empty) text.Remove(empty - 1, 1).Append(" {}\n");
    }

    private static void List(StringBuilder text, int depth, string key, IReadOnlyList<string> items)
    {
        if (items.Count > 0) Value(text, depth, key, items.ToList<object?>());
    }

    private static void Value(StringBuilder text, int depth, string key, object? value)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> { Count: > 0 } map:
                text.Append(' ', depth * 2).Append(YamlScalar.Write(key)).Append(":\n");
                foreach (var (name, inner) in map) Value(text, depth + 1, name, inner);
                break;
            case IReadOnlyList<object?> { Count: > 0 } items when items.All(IsScalar):
                text.Append(' ', depth * 2).Append(YamlScalar.Write(key)).Append(":\n");
                foreach (var item in items) text.Append(' ', (depth + 1) * 2).Append("- ").Append(YamlScalar.Write(item)).Append('\n');
                break;
            default:
                text.Append(' ', depth * 2).Append(YamlScalar.Write(key)).Append(": ").Append(Flow(value)).Append('\n');
                break;
        }
    }

    private static void Line(StringBuilder text, int depth, string key, object? value) => Value(text, depth, key, value);

    private static bool IsScalar(object? value) => value is not (IReadOnlyDictionary<string, object?> or IReadOnlyList<object?>);

    private static string Flow(object? value) => value switch
    {
        IReadOnlyDictionary<string, object?> map => "{" + string.Join(", ", map.Select(entry => $"{YamlScalar.Write(entry.Key)}: {Flow(entry.Value)}")) + "}",
        IReadOnlyList<object?> items => "[" + string.Join(", ", items.Select(Flow)) + "]",
        _ => YamlScalar.Write(value),
    };
}
