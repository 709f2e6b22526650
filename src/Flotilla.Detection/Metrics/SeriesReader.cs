using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>
/// Reads one series out of scrape after scrape. Rates, means and quantiles are about the time since the scrape before, so it
/// remembers that one. Every label set is followed for itself: one whose total became smaller has started again at 0, and
/// one that was not there at the scrape before has started at 0 since, so all it shows is new. One caller at a time.
/// </summary>
public sealed class SeriesReader
{
    private readonly MetricQuery _query;
    private readonly KeyValuePair<string, string>[] _filter;
    private readonly SeriesName _name;
    private readonly List<Bucket> _increases = [];
    private LabelSets _before = new(ignoreBounds: false);
    private LabelSets _now = new(ignoreBounds: false);
    private DateTimeOffset _at;
    private string _family = "";
    private MetricType _type;
    private string _sumName = "";
    private string _countName = "";
    private string _bucketName = "";

    /// <summary>A reader that has seen no scrape.</summary>
    public SeriesReader(MetricQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentException.ThrowIfNullOrEmpty(query.Series, nameof(query));
        _query = query;
        _filter = query.Labels is null ? [] : [.. query.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)];
        _name = new SeriesName(query.Series);
    }

    /// <summary>
    /// The series' value at a scrape, or NaN when there is none: the series is not in the scrape (see <see cref="Suggest"/>), a
    /// rate, mean or quantile at its first scrape or at one that is not later than the one before, a mean or quantile
    /// without a new observation.
    /// </summary>
    /// <param name="at">When the scrape was taken; later than the one before.</param>
    /// <param name="scrape">What <see cref="PrometheusText.Parse"/> gave.</param>
    public double Read(DateTimeOffset at, IReadOnlyList<MetricFamily> scrape)
    {
        ArgumentNullException.ThrowIfNull(scrape);
        if (_name.In(scrape, out var kind) is not { } family)
        {
            _before.Clear();
            return double.NaN;
        }
        if (kind == SeriesKind.Value) return Sum(family);

        Expect(family);
        Collect(family, withBuckets: kind == SeriesKind.Quantile);
        var elapsed = at - _at;
        var known = _before.Count > 0 && elapsed > TimeSpan.Zero && AreFinite(_now);
        var value = known ? Derive(kind, elapsed) : double.NaN;
        (_before, _now, _at) = (_now, _before, at);
        if (!AreFinite(_before)) _before.Clear();
        return value;
    }

    /// <summary>
    /// Why <see cref="Read"/> can find nothing in a scrape, and what to ask for instead; null when the series is there. It
    /// changes nothing.
    /// </summary>
    public Problem? Suggest(IReadOnlyList<MetricFamily> scrape)
    {
        ArgumentNullException.ThrowIfNull(scrape);
        if (_name.In(scrape, out _) is { } family)
        {
            if (family.Samples.Count == 0)
            {
                return new($"\"{family.Name}\" has no sample yet, so \"{_query.Series}\" has no value.",
                    Fix: "Let its program record something, then look again.");
            }
            if (family.Samples.Any(sample => Matches(sample.Labels))) return null;
            var wanted = string.Join(", ", _filter.Select(label => $"{label.Key}=\"{label.Value}\""));
            return new($"No sample of \"{_query.Series}\" has the labels {{{wanted}}}.", Fix: LabelAdvice(family));
        }
        var series = $"The metrics have no series \"{_query.Series}\".";
        if (scrape.FirstOrDefault(candidate => candidate.Name == _query.Series) is { } asked)
        {
            return new(series, Why: $"That is a {PrometheusSyntax.TypeName(asked.Type)}, whose numbers only grow.",
                Fix: $"Watch what is new in it: {string.Join(", ", SeriesName.Of(asked))}.");
        }
        var available = MetricQuery.Available(scrape);
        return new(series, Fix: NearOrAll(_query.Series, available));
    }

    private static string NearOrAll(string typed, IReadOnlyList<string> available)
    {
        const int most = 20;
        return available.Count <= most || Suggestion.For(typed, available) is not null ? Suggestion.Sentence(typed, available)
            : $"There are: {string.Join(", ", available.Take(most))} and {available.Count - most} more.";
    }

    private string LabelAdvice(MetricFamily family)
    {
        var labels = family.Samples.SelectMany(sample => sample.Labels).ToArray();
        foreach (var (key, value) in _filter)
        {
            var values = InOrder(labels.Where(label => label.Key == key).Select(label => label.Value));
            if (values.Length == 0)
            {
                var keys = InOrder(labels.Select(label => label.Key).Where(name => name is not ("le" or "quantile")));
                return keys.Length == 0 ? "Its samples have no labels: leave them out." : $"It has no label \"{key}\". {NearOrAll(key, keys)}";
            }
            if (!values.Contains(value, StringComparer.Ordinal)) return $"It has no {key}=\"{value}\". {NearOrAll(value, values)}";
        }
        return "Each of the labels occurs, but not together: leave one out.";
    }

    private static string[] InOrder(IEnumerable<string> names) =>
        names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();

    private double Sum(MetricFamily family)
    {
        var found = false;
        var sum = 0.0;
        for (var i = 0; i < family.Samples.Count; i++)
        {
            var sample = family.Samples[i];
            if (!Matches(sample.Labels)) continue;
            found = true;
            sum += sample.Value;
        }
        return found ? sum : double.NaN;
    }

    // A family that changes its type, or gives way to another one of the same series, starts anew.
    private void Expect(MetricFamily family)
    {
        if (family.Name == _family && family.Type == _type) return;
        (_family, _type) = (family.Name, family.Type);
        (_sumName, _countName, _bucketName) = (_family + "_sum", _family + "_count", _family + "_bucket");
        var ignoreBounds = _type == MetricType.Histogram;
        (_before, _now) = (new LabelSets(ignoreBounds), new LabelSets(ignoreBounds));
    }

    private void Collect(MetricFamily family, bool withBuckets)
    {
        _now.Clear();
        var isCounter = family.Type == MetricType.Counter;
        for (var i = 0; i < family.Samples.Count; i++)
        {
            var sample = family.Samples[i];
            var isCount = sample.Name == (isCounter ? _family : _countName);
            var isSum = !isCounter && !isCount && sample.Name == _sumName;
            var isBucket = withBuckets && !isCount && !isSum && sample.Name == _bucketName;
            if (!(isCount || isSum || isBucket) || !Matches(sample.Labels)) continue;
            var set = _now.GetOrAdd(sample.Labels, _before);
            if (isCount) set.Count = sample.Value;
            else if (isSum) set.Sum = sample.Value;
            else if (BoundOf(sample.Labels) is { } bound) set.Buckets.Add(new(bound, sample.Value));
        }
        for (var i = 0; i < _now.Count; i++) _now[i].Complete();
    }

    private double Derive(SeriesKind kind, TimeSpan elapsed)
    {
        double count = 0, sum = 0;
        _increases.Clear();
        for (var i = 0; i < _now.Count; i++)
        {
            count += _now[i].CountIncrease;
            if (kind == SeriesKind.Mean) sum += _now[i].SumIncrease;
            if (kind == SeriesKind.Quantile) _now[i].AddIncreasesTo(_increases);
        }
        return kind switch
        {
            SeriesKind.Rate => count / elapsed.TotalSeconds,
            SeriesKind.Mean => count > 0 ? sum / count : double.NaN,
            _ => HistogramQuantile.Of(_name.Quantile, _increases),
        };
    }

    private static bool AreFinite(LabelSets sets)
    {
        for (var i = 0; i < sets.Count; i++)
            if (!double.IsFinite(sets[i].Count)) return false;
        return true;
    }

    private bool Matches(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        foreach (var (key, value) in _filter)
        {
            var found = "";
            for (var i = 0; i < labels.Count; i++)
                if (labels[i].Key == key) found = labels[i].Value;
            if (found != value) return false;
        }
        return true;
    }

    private static double? BoundOf(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        for (var i = 0; i < labels.Count; i++)
            if (labels[i].Key == "le") return PrometheusNumber.TryParse(labels[i].Value, out var bound) && !double.IsNaN(bound) ? bound : null;
        return null;
    }
}
