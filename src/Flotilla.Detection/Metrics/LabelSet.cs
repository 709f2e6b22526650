namespace Flotilla.Detection;

/// <summary>What one label set of a counter, histogram or summary showed at a scrape.</summary>
internal sealed class LabelSet
{
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; set; } = [];

    /// <summary>The same set at the scrape before; null when it was not there.</summary>
    public LabelSet? Before { get; set; }

    /// <summary>A counter's value or the number of observations; NaN when absent.</summary>
    public double Count { get; set; }

    /// <summary>The sum of observations; NaN when absent.</summary>
    public double Sum { get; set; }

    /// <summary>Cumulative counts by upper bound.</summary>
    public List<Bucket> Buckets { get; } = [];

    // A total that became smaller has started again at 0.
    private bool HasReset => Before is null || Count < Before.Count;

    public double CountIncrease => HasReset ? Count : Count - Before!.Count;

    public double SumIncrease => HasReset ? Sum : Sum - Before!.Sum;

    /// <summary>The observations since the scrape before, by upper bound; both lists are sorted.</summary>
    public void AddIncreasesTo(List<Bucket> increases)
    {
        var old = 0;
        foreach (var bucket in Buckets)
        {
            var before = 0.0;
            if (!HasReset)
            {
                while (old < Before!.Buckets.Count && Before.Buckets[old].Bound < bucket.Bound) old++;
                if (old < Before.Buckets.Count && Before.Buckets[old].Bound.Equals(bucket.Bound)) before = Before.Buckets[old].Count;
            }
            increases.Add(bucket with { Count = bucket.Count - before });
        }
    }

    /// <summary>To be called when all samples of the scrape are in.</summary>
    public void Complete()
    {
        Bucket.Sort(Buckets);
        if (double.IsNaN(Count) && Buckets.Count > 0 && double.IsPositiveInfinity(Buckets[^1].Bound)) Count = Buckets[^1].Count;
    }

    public void Reset(IReadOnlyList<KeyValuePair<string, string>> labels, LabelSet? before)
    {
        (Labels, Before, Count, Sum) = (labels, before, double.NaN, double.NaN);
        Buckets.Clear();
    }
}

/// <summary>The observations up to a bound.</summary>
internal readonly record struct Bucket(double Bound, double Count)
{
    public static void Sort(List<Bucket> buckets)
    {
        for (var i = 1; i < buckets.Count; i++)
        {
            if (buckets[i - 1].Bound <= buckets[i].Bound) continue;
            buckets.Sort(static (a, b) => a.Bound.CompareTo(b.Bound));
            return;
        }
    }
}
