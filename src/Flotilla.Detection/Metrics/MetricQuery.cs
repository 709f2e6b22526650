namespace Flotilla.Detection;

/// <summary>One series of a scrape. These can be asked for:
/// <list type="table">
/// <item><term>gauge or untyped <c>x</c></term><description><c>x</c>, its value</description></item>
/// <item><term>counter <c>x_total</c> or <c>x</c></term><description><c>x_per_second</c>, its growth</description></item>
/// <item><term>histogram <c>x</c></term><description><c>x_mean</c>, <c>x_per_second</c>, <c>x_p50</c>, <c>x_p90</c>,
/// <c>x_p95</c>, <c>x_p99</c> of the observations since the last scrape</description></item>
/// <item><term>summary <c>x</c></term><description><c>x_mean</c>, <c>x_per_second</c> of the observations since the last scrape</description></item>
/// </list>
/// Where several label sets match, gauges and rates are their sum, means and quantiles are those of all observations
/// together (of quantiles it is expected that the sets have the same bounds).
/// </summary>
/// <param name="Series">The series' name as above, such as <c>http_request_seconds_mean</c>. A name that two rows give means the upper one.</param>
/// <param name="Labels">
/// Only samples with all of these labels and exactly these values count; an empty value also matches a sample without the
/// label. Null for all samples.
/// </param>
public sealed record MetricQuery(string Series, IReadOnlyDictionary<string, string>? Labels = null)
{
    /// <summary>The names of all series that can be asked for in a scrape, in its order.</summary>
    public static IReadOnlyList<string> Available(IReadOnlyList<MetricFamily> families)
    {
        ArgumentNullException.ThrowIfNull(families);
        return families.SelectMany(SeriesName.Of).Distinct(StringComparer.Ordinal).ToArray();
    }
}
