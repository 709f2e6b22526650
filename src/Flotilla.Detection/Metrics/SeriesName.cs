namespace Flotilla.Detection;

internal enum SeriesKind
{
    Value,
    Rate,
    Mean,
    Quantile,
}

/// <summary>A series' name taken apart: from which family it comes, and what is computed.</summary>
internal sealed class SeriesName
{
    private const string PerSecond = "_per_second";
    private const string MeanSuffix = "_mean";
    private const string Total = "_total";

    private static readonly (string Suffix, double Quantile)[] Quantiles = [("_p50", 0.5), ("_p90", 0.9), ("_p95", 0.95), ("_p99", 0.99)];

    private readonly string _name;
    private readonly SeriesKind _derived;
    private readonly string? _base;
    private readonly string? _total;

    public SeriesName(string name)
    {
        _name = name;
        if (Without(name, PerSecond) is { } counted)
        {
            (_base, _total, _derived) = (counted, counted + Total, SeriesKind.Rate);
        }
        else if (Without(name, MeanSuffix) is { } averaged)
        {
            (_base, _derived) = (averaged, SeriesKind.Mean);
        }
        else
        {
            foreach (var (suffix, quantile) in Quantiles)
                if (Without(name, suffix) is { } distribution) (_base, _derived, Quantile) = (distribution, SeriesKind.Quantile, quantile);
        }
    }

    /// <summary>Between 0 and 1, for <see cref="SeriesKind.Quantile"/>.</summary>
    public double Quantile { get; }

    /// <summary>The family that gives the series, or null; where several do, the first in the order of <see cref="MetricQuery"/>'s table.</summary>
    public MetricFamily? In(IReadOnlyList<MetricFamily> families, out SeriesKind kind)
    {
        MetricFamily? found = null;
        var foundRank = int.MaxValue;
        for (var i = 0; i < families.Count; i++)
        {
            var rank = Rank(families[i]);
            if (rank < foundRank) (found, foundRank) = (families[i], rank);
        }
        kind = foundRank == 0 ? SeriesKind.Value : _derived;
        return found;
    }

    private int Rank(MetricFamily family) => family.Type switch
    {
        MetricType.Gauge or MetricType.Untyped => family.Name == _name ? 0 : int.MaxValue,
        MetricType.Counter when _derived == SeriesKind.Rate => family.Name == _total ? 1 : family.Name == _base ? 2 : int.MaxValue,
        MetricType.Histogram when _derived != SeriesKind.Value => family.Name == _base ? 3 : int.MaxValue,
        MetricType.Summary when _derived is SeriesKind.Rate or SeriesKind.Mean => family.Name == _base ? 4 : int.MaxValue,
        _ => int.MaxValue,
    };

    /// <summary>The names of all series that a family gives.</summary>
    public static IEnumerable<string> Of(MetricFamily family) => family.Type switch
    {
        MetricType.Counter => [(Without(family.Name, Total) ?? family.Name) + PerSecond],
        MetricType.Histogram => [family.Name + MeanSuffix, family.Name + PerSecond, .. Quantiles.Select(q => family.Name + q.Suffix)],
        MetricType.Summary => [family.Name + MeanSuffix, family.Name + PerSecond],
        _ => [family.Name],
    };

    private static string? Without(string name, string suffix) =>
        name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : null;
}
