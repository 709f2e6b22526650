namespace Flotilla.Detection.Scoring;

/// <summary>
/// Volume under the surface of range precision and recall (J. Paparrizos et al., Volume Under the Surface, PVLDB 15(11),
/// 2022), in the form that TSB-AD computes (Q. Liu, J. Paparrizos, NeurIPS 2024): the mean over buffers ℓ = 0 … L of the
/// area under a precision-recall curve over 250 thresholds.
/// </summary>
/// <remarks>
/// Beside an anomaly, up to ⌊ℓ/2⌋ rows away, a row has the label √(1 − d/ℓ), added up over anomalies and at most 1. Of the
/// rows at or over a threshold, TP sums their labels and B those outside anomalies; recall is min(TP/((2P + B)/2), 1) times
/// the share of buffered anomalies hit, precision TP over the number of rows. O(n log n) for the order, then for each ℓ
/// O(thresholds + anomalies·ℓ).
/// </remarks>
public static class VusPr
{
    /// <summary>The L that TSB-AD takes for comparisons between series.</summary>
    public const int UsualBuffer = 100;

    private const int Thresholds = 250;

    /// <summary>0 to 1; null without a labelled row.</summary>
    /// <param name="scores">One for each row; NaN ranks below all others.</param>
    /// <param name="windows">The labelled anomalies.</param>
    /// <param name="buffer">L; 0 or more.</param>
    public static double? Of(IReadOnlyList<double> scores, IReadOnlyList<LabelWindow> windows, int buffer = UsualBuffer)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfNegative(buffer);
        return Of(RankedRows.Of(scores, windows), buffer);
    }

    internal static double? Of(RankedRows ranked, int buffer = UsualBuffer)
    {
        if (ranked.Positives == 0) return null;
        var rows = new Buckets(ranked);
        var volume = 0.0;
        for (var width = 0; width <= buffer; width++) volume += rows.Area(width);
        return volume / (buffer + 1);
    }

    /// <summary>Every row by the first threshold that it reaches; widths must be asked for one after the other from 0.</summary>
    private sealed class Buckets
    {
        private readonly RankedRows _ranked;
        private readonly int[] _bucketOf;
        private readonly int[] _predicted = new int[Thresholds];
        private readonly int[] _hits = new int[Thresholds];
        // The first threshold at which each anomaly with its buffer is hit.
        private readonly int[] _firstHit;
        private readonly double[] _soft;

        public Buckets(RankedRows ranked)
        {
            _ranked = ranked;
            _bucketOf = new int[ranked.Rows.Length];
            _soft = new double[ranked.Rows.Length];
            var thresholds = ThresholdsOf(ranked.Scores);
            var bucket = 0;
            for (var rank = 0; rank < ranked.Rows.Length; rank++)
            {
                while (thresholds[bucket] > ranked.Scores[rank]) bucket++;
                var row = ranked.Rows[rank];
                _bucketOf[row] = bucket;
                _predicted[bucket]++;
                if (ranked.Labelled[row]) _hits[bucket]++;
            }
            for (var k = 1; k < Thresholds; k++)
            {
                _predicted[k] += _predicted[k - 1];
                _hits[k] += _hits[k - 1];
            }
            _firstHit = [.. ranked.Runs.Select(run => _bucketOf.AsSpan(run.First, run.Width).ToArray().Min())];
        }

        public double Area(int width)
        {
            var reach = width / 2;
            var near = SoftLabels(width, reach);
            var (hitAt, anomalies) = FirstHits(reach);
            var (area, soft, hit, recallBefore) = (0.0, 0.0, 0, 0.0);
            for (var k = 0; k < Thresholds; k++)
            {
                soft += near[k];
                hit += hitAt[k];
                var truePositives = _hits[k] + soft;
                var recall = Math.Min(truePositives / (_ranked.Positives + soft / 2), 1) * hit / anomalies;
                area += (recall - recallBefore) * truePositives / _predicted[k];
                recallBefore = recall;
            }
            return area;
        }

        // The soft labels outside anomalies, summed by bucket.
        private double[] SoftLabels(int width, int reach)
        {
            var sums = new double[Thresholds];
            foreach (var run in _ranked.Runs)
            {
                for (var distance = 1; distance <= reach; distance++)
                {
                    var label = Math.Sqrt(1 - (double)distance / width);
                    if (run.First - distance >= 0) _soft[run.First - distance] += label;
                    if (run.Last + distance < _soft.Length) _soft[run.Last + distance] += label;
                }
            }
            foreach (var run in _ranked.Runs)
            {
                for (var distance = 1; distance <= reach; distance++)
                {
                    Collect(run.First - distance, sums);
                    Collect(run.Last + distance, sums);
                }
            }
            return sums;
        }

        private void Collect(int row, double[] sums)
        {
            if (row < 0 || row >= _soft.Length) return;
            if (!_ranked.Labelled[row]) sums[_bucketOf[row]] += Math.Min(_soft[row], 1);
            _soft[row] = 0;
        }

        // How many anomalies are first hit at each threshold, when those whose buffers touch are one.
        private (int[] HitAt, int Anomalies) FirstHits(int reach)
        {
            var hitAt = new int[Thresholds];
            var anomalies = 0;
            for (var index = 0; index < _firstHit.Length; index++)
            {
                var first = Math.Min(_firstHit[index], BufferHit(_ranked.Runs[index], reach));
                _firstHit[index] = first;
                while (index + 1 < _firstHit.Length && _ranked.Runs[index].Last + reach >= _ranked.Runs[index + 1].First - reach)
                {
                    index++;
                    _firstHit[index] = Math.Min(_firstHit[index], BufferHit(_ranked.Runs[index], reach));
                    first = Math.Min(first, _firstHit[index]);
                }
                hitAt[first]++;
                anomalies++;
            }
            return (hitAt, anomalies);
        }

        // Only the outermost rows are new: nearer ones were looked at with a smaller reach.
        private int BufferHit(LabelWindow run, int reach)
        {
            var before = run.First - reach >= 0 ? _bucketOf[run.First - reach] : int.MaxValue;
            var after = run.Last + reach < _bucketOf.Length ? _bucketOf[run.Last + reach] : int.MaxValue;
            return Math.Min(before, after);
        }

        // The scores at the positions ⌊linspace(0, n − 1, 250)⌋ of the descending order.
        private static double[] ThresholdsOf(double[] descending)
        {
            var step = (descending.Length - 1) / (double)(Thresholds - 1);
            var thresholds = new double[Thresholds];
            for (var k = 0; k < Thresholds; k++) thresholds[k] = descending[(int)(k * step)];
            thresholds[^1] = descending[^1];
            return thresholds;
        }
    }
}
