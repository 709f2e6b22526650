namespace Flotilla.Detection;

/// <summary>
/// A quantile of observations that are only known by bucket, as Prometheus' <c>histogram_quantile</c> estimates it: evenly
/// spread inside a bucket; the lowest bucket begins at 0 when its bound is over 0; what lies in the +Inf bucket counts as the
/// highest finite bound (prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile).
/// </summary>
internal static class HistogramQuantile
{
    /// <summary>NaN without observations, without a +Inf bucket or without a finite one.</summary>
    /// <param name="quantile">Between 0 and 1.</param>
    /// <param name="buckets">Cumulative counts in any order; equal bounds are added up. It is used as working space.</param>
    public static double Of(double quantile, List<Bucket> buckets)
    {
        Bucket.Sort(buckets);
        MergeEqualBounds(buckets);
        if (buckets.Count < 2 || !double.IsPositiveInfinity(buckets[^1].Bound)) return double.NaN;
        MakeMonotone(buckets);
        var observations = buckets[^1].Count;
        if (!(observations > 0)) return double.NaN;

        var rank = quantile * observations;
        var index = 0;
        while (index < buckets.Count - 1 && buckets[index].Count < rank) index++;
        if (index == buckets.Count - 1) return buckets[^2].Bound;
        var (end, count) = buckets[index];
        if (index == 0 && end <= 0) return end;
        var (start, countBelow) = index > 0 ? buckets[index - 1] : new Bucket(0, 0);
        return start + (end - start) * ((rank - countBelow) / (count - countBelow));
    }

    private static void MergeEqualBounds(List<Bucket> buckets)
    {
        var last = -1;
        foreach (var bucket in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(buckets))
        {
            if (last >= 0 && buckets[last].Bound.Equals(bucket.Bound)) buckets[last] = bucket with { Count = buckets[last].Count + bucket.Count };
            else buckets[++last] = bucket;
        }
        buckets.RemoveRange(last + 1, buckets.Count - last - 1);
    }

    // Buckets are counted one after another while observations go on, so a higher one may lag behind a lower one.
    private static void MakeMonotone(List<Bucket> buckets)
    {
        var most = 0.0;
        for (var i = 0; i < buckets.Count; i++)
        {
            most = Math.Max(most, buckets[i].Count);
            buckets[i] = buckets[i] with { Count = most };
        }
    }
}
