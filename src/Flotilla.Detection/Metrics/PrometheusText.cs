using System.Globalization;
using System.Text;

namespace Flotilla.Detection;

/// <summary>
/// The text format in which programs offer their metrics, version 0.0.4, as described in "Exposition formats" of the
/// Prometheus documentation (prometheus.io/docs/instrumenting/exposition_formats). Metric and label names are of the classic alphabet.
/// </summary>
public static class PrometheusText
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>The most samples that are read.</summary>
    public const int MaxSamples = 100_000;

    /// <summary>The most labels of one sample.</summary>
    public const int MaxLabels = 128;

    /// <summary>
    /// Reads a scrape. Families come in the order of their first line; a family's lines need not stand together; one of
    /// which only <c>HELP</c> or <c>TYPE</c> is there has no samples. A missing last line end and carriage returns are let pass.
    /// </summary>
    /// <exception cref="FormatException">The text is not of the format or over a limit: which line (counted from 1), why, what to write.</exception>
    public static IReadOnlyList<MetricFamily> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new PrometheusParser(text).Parse();
    }

    /// <summary>
    /// Writes what <see cref="Parse"/> reads back as the same families. A <c>TYPE</c> line is always written; blanks at either end of
    /// a help text are lost, because the format has no way to say them.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// What the format cannot say: a wrong name, a label twice, a sample that is not its family's, a family twice.
    /// </exception>
    public static string Write(IEnumerable<MetricFamily> families)
    {
        ArgumentNullException.ThrowIfNull(families);
        var text = new StringBuilder();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var family in families)
        {
            RequireName(PrometheusSyntax.IsMetricName(family.Name), "metric", family.Name);
            if (!written.Add(family.Name))
                throw new ArgumentException($"The family \"{family.Name}\" comes twice. Put its samples into one.", nameof(families));
            var help = family.Help?.Trim(PrometheusSyntax.Blanks);
            if (help is not null) text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(help, quotes: false)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(PrometheusSyntax.TypeName(family.Type)).Append('\n');
            var builder = new FamilyBuilder(family.Name) { Type = family.Type };
            foreach (var sample in family.Samples)
            {
                if (builder.SampleName(sample.Name) is null)
                {
                    throw new ArgumentException($"A sample \"{sample.Name}\" is not of the {PrometheusSyntax.TypeName(family.Type)} \"{family.Name}\". "
                        + "Put it into a family of its own.", nameof(families));
                }
                Write(text, sample);
            }
        }
        return text.ToString();
    }

    private static void Write(StringBuilder text, MetricSample sample)
    {
        text.Append(sample.Name);
        if (sample.Labels.Count > 0)
        {
            text.Append('{');
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (name, value) in sample.Labels)
            {
                RequireName(PrometheusSyntax.IsLabelName(name), "label", name);
                if (!names.Add(name))
                    throw new ArgumentException($"A sample of \"{sample.Name}\" has the label \"{name}\" twice. Leave one out.", nameof(sample));
                if (names.Count > 1) text.Append(',');
                text.Append(name).Append("=\"").Append(Escape(value, quotes: true)).Append('"');
            }
            text.Append('}');
        }
        text.Append(' ').Append(PrometheusNumber.Format(sample.Value));
        if (sample.At is { } at) text.Append(' ').Append(at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        text.Append('\n');
    }

    private static string Escape(string text, bool quotes)
    {
        if (text.AsSpan().IndexOfAny('\\', '\n', '"') < 0) return text;
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    private static void RequireName(bool valid, string what, string name)
    {
        if (valid) return;
        throw new ArgumentException($"\"{name}\" cannot be the name of a {what}. Write letters, digits and underscores, and no digit first.", nameof(name));
    }
}
