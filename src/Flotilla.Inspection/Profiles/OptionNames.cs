using System.Globalization;

namespace Flotilla.Inspection.Profiles;

/// <summary>Options by the names that files and variables use.</summary>
internal static class OptionNames
{
    private static readonly string[] Ignored = ["die_on_tool_error", "direct_tool_stdout", "include_tool_stdout", "legacy_tool_names"];

    private static readonly string[] Truths =
    [
        "absolute_paths", "autodetect", "blending", "doc_warnings", "external_config", "full_pep8", "member_warnings", "messages_only",
        "no_autodetect", "no_blending", "no_external_config", "no_style_warnings", "quiet", "show_profile", "summary_only",
        "test_warnings", "zero_exit",
    ];

    private static readonly string[] Lists =
        ["ignore_paths", "ignore_patterns", "output_format", "profile_path", "profiles", "tools", "uses", "with_tools", "without_tools"];

    /// <summary>Every name, with underscores.</summary>
    public static readonly IReadOnlyList<string> All = [.. Truths.Concat(Lists).Concat(Ignored).Concat(["max_line_length", "path", "pylint_config_file", "strictness"]).Order(StringComparer.Ordinal)];

    /// <summary>The one spelling of a name: <c>With-Tool</c> is <c>with_tools</c>.</summary>
    public static string Normal(string name)
    {
        var normal = name.Trim().Replace('-', '_').ToLowerInvariant();
        return normal is "profile" or "tool" or "with_tool" or "without_tool" ? normal + "s" : normal;
    }

    /// <summary>Options with one more, whose value is text, a truth, a whole number or a list of text.</summary>
    /// <param name="options">The options so far.</param>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <param name="value">The value.</param>
    /// <param name="wrong">What is wrong with the value, as the end of a sentence; null when nothing is.</param>
    public static ProfileOptions With(ProfileOptions options, string name, object? value, out string? wrong)
    {
        wrong = null;
        if (Ignored.Contains(name) || value is null or "") return options;
        if (Truths.Contains(name))
        {
            if (Truth(value) is { } truth) return With(options, name, truth);
            wrong = "must be true or false.";
            return options;
        }
        if (Lists.Contains(name)) return With(options, name, List(value));
        switch (name)
        {
            case "strictness" when ProfileKeys.Strictnesses.Contains(value):
                return options with { Strictness = (string)value };
            case "strictness":
                wrong = $"must be one of {string.Join(", ", ProfileKeys.Strictnesses)}.";
                return options;
            case "max_line_length" when int.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length > 0:
                return options with { MaxLineLength = length };
            case "max_line_length":
                wrong = "must be a whole number above 0.";
                return options;
            case "path":
                return options with { InspectedPath = value as string };
            default:
                return options with { PylintConfigFile = value as string };
        }
    }

    private static ProfileOptions With(ProfileOptions options, string name, bool truth) => name switch
    {
        "absolute_paths" => options with { AbsolutePaths = truth },
        "autodetect" => options with { Autodetect = truth },
        "no_autodetect" => options with { Autodetect = !truth },
        "blending" => options with { Blending = truth },
        "no_blending" => options with { Blending = !truth },
        "doc_warnings" => options with { DocWarnings = truth },
        "external_config" => options with { ExternalConfiguration = truth },
        "no_external_config" => options with { ExternalConfiguration = !truth },
        "full_pep8" => options with { FullPep8 = truth },
        "member_warnings" => options with { MemberWarnings = truth },
        "messages_only" => options with { MessagesOnly = truth },
        "no_style_warnings" => options with { NoStyleWarnings = truth },
        "quiet" => options with { Quiet = truth },
        "show_profile" => options with { ShowProfile = truth },
        "summary_only" => options with { SummaryOnly = truth },
        "test_warnings" => options with { TestWarnings = truth },
        _ => options with { ZeroExit = truth },
    };

    private static ProfileOptions With(ProfileOptions options, string name, IReadOnlyList<string> list) => name switch
    {
        "ignore_paths" => options with { IgnorePaths = list },
        "ignore_patterns" => options with { IgnorePatterns = list },
        "output_format" => options with { OutputFormats = list },
        "profile_path" => options with { ProfilePath = list },
        "profiles" => options with { Profiles = list },
        "tools" => options with { Tools = list },
        "uses" => options with { Uses = list },
        "with_tools" => options with { WithTools = list },
        _ => options with { WithoutTools = list },
    };

    private static bool? Truth(object value) => value switch
    {
        bool truth => truth,
        string text => text.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "1" or "y" or "t" => true,
            "false" or "no" or "off" or "0" or "n" or "f" => false,
            _ => null,
        },
        _ => null,
    };

    private static IReadOnlyList<string> List(object value) => value switch
    {
        IEnumerable<object?> many => [.. many.OfType<string>()],
        string text => text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ => [Convert.ToString(value, CultureInfo.InvariantCulture)!],
    };
}
