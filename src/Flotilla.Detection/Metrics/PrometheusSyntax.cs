namespace Flotilla.Detection;

/// <summary>Names and keywords of the text format.</summary>
internal static class PrometheusSyntax
{
    /// <summary>What may stand between tokens and around a line.</summary>
    public static readonly char[] Blanks = [' ', '\t', '\r'];

    public static bool IsBlank(char c) => c is ' ' or '\t';

    public static bool IsMetricName(ReadOnlySpan<char> name) => !name.IsEmpty && MetricNameLength(name) == name.Length;

    public static bool IsLabelName(ReadOnlySpan<char> name) => !name.IsEmpty && LabelNameLength(name) == name.Length;

    /// <summary>How many characters at the beginning are a metric name: [a-zA-Z_:][a-zA-Z0-9_:]*.</summary>
    public static int MetricNameLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsAsciiDigit(text[0])) return 0;
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] is '_' or ':')) length++;
        return length;
    }

    /// <summary>How many characters at the beginning are a label name: [a-zA-Z_][a-zA-Z0-9_]*.</summary>
    public static int LabelNameLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsAsciiDigit(text[0])) return 0;
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_')) length++;
        return length;
    }

    public static MetricType? Type(ReadOnlySpan<char> name) => name switch
    {
        "untyped" => MetricType.Untyped,
        "gauge" => MetricType.Gauge,
        "counter" => MetricType.Counter,
        "histogram" => MetricType.Histogram,
        "summary" => MetricType.Summary,
        _ => null,
    };

    public static string TypeName(MetricType type) => type switch
    {
        MetricType.Gauge => "gauge",
        MetricType.Counter => "counter",
        MetricType.Histogram => "histogram",
        MetricType.Summary => "summary",
        _ => "untyped",
    };
}
