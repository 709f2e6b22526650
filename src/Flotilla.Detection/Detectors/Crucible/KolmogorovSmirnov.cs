using System.Buffers;

namespace Flotilla.Detection;

/// <summary>
/// The last ten minutes of a series, and the fifty before them, each in sorted order, for the largest distance of their
/// distributions. The points themselves are in the ring.
/// </summary>
internal sealed class KolmogorovSmirnov(PointRing ring)
{
    private const long ProbeTicks = 600 * TimeSpan.TicksPerSecond;
    private const long ReferenceTicks = 3600 * TimeSpan.TicksPerSecond;
    private const int FewestPoints = 20;
    private const double Limit = 0.5;

    private readonly SortedNumbers _reference = new();
    private readonly SortedNumbers _probe = new();
    private long _probeFrom;

    /// <summary>The number of the first point that is still needed.</summary>
    public long From { get; private set; }

    /// <summary>Takes the last point of the ring.</summary>
    public void Add(long now)
    {
        _probe.Add(ring.ValueAt(ring.Next - 1));
        for (; _probeFrom < ring.Next && ring.TimeAt(_probeFrom) < now - ProbeTicks; _probeFrom++)
        {
            var value = ring.ValueAt(_probeFrom);
            _probe.Remove(value);
            _reference.Add(value);
        }
        for (; From < _probeFrom && ring.TimeAt(From) < now - ReferenceTicks; From++) _reference.Remove(ring.ValueAt(From));
    }

    /// <summary>The verdict on the newest point. See <see cref="Detectors.KsTest"/>.</summary>
    public Verdict Judge()
    {
        if (_reference.Count < FewestPoints || _probe.Count < FewestPoints) return default;
        var distance = Distance(_reference.Values, _probe.Values);
        var score = distance / Limit;
        // From 20 points on each side a distance over one half has p ≤ 0.012, so p needs no look.
        return distance > Limit && IsReferenceStationary() ? new(true, score) : new(false, Math.Min(score, 1));
    }

    /// <summary>The largest distance of two distribution functions, each of sorted values.</summary>
    internal static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        long largest = 0;
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            var value = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] == value) i++;
            while (j < b.Length && b[j] == value) j++;
            // In whole numbers, for a distance of exactly one half must not be over it.
            largest = Math.Max(largest, Math.Abs((long)i * b.Length - (long)j * a.Length));
        }
        return largest / ((double)a.Length * b.Length);
    }

    private bool IsReferenceStationary()
    {
        var count = (int)(_probeFrom - From);
        var values = ArrayPool<double>.Shared.Rent(count);
        ring.CopyValues(From, values.AsSpan(0, count));
        var stationary = DickeyFuller.IsStationary(values.AsSpan(0, count));
        ArrayPool<double>.Shared.Return(values);
        return stationary;
    }
}
