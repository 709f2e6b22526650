namespace Flotilla.Detection;

/// <summary>What the numbers of a metric family mean.</summary>
public enum MetricType
{
    /// <summary>Not said.</summary>
    Untyped,

    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>A total that only grows, and starts at 0 again when its program does.</summary>
    Counter,

    /// <summary>Counts of observations up to each bound (<c>_bucket</c>, cumulative), their <c>_sum</c> and <c>_count</c>.</summary>
    Histogram,

    /// <summary>Quantiles of observations, their <c>_sum</c> and <c>_count</c>.</summary>
    Summary,
}

/// <summary>All samples of one metric in a scrape.</summary>
/// <param name="Name">The metric's name; a histogram's without <c>_bucket</c>, <c>_sum</c>, <c>_count</c>.</param>
/// <param name="Type">What its numbers mean.</param>
/// <param name="Samples">In the order of the text.</param>
/// <param name="Help">What the metric measures, in its author's words; null when not said.</param>
public sealed record MetricFamily(string Name, MetricType Type, IReadOnlyList<MetricSample> Samples, string? Help = null);

/// <summary>One line of a scrape.</summary>
/// <param name="Name">The sample's name: the family's, or with <c>_bucket</c>, <c>_sum</c> or <c>_count</c> behind it.</param>
/// <param name="Labels">Names and values in the order of the text; no name twice.</param>
/// <param name="Value">The value; NaN and the infinities can occur.</param>
/// <param name="At">The time that the text gives to the sample, in whole milliseconds; null when it gives none, which is the rule.</param>
public sealed record MetricSample(string Name, IReadOnlyList<KeyValuePair<string, string>> Labels, double Value, DateTimeOffset? At = null);
