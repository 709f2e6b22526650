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

    // The reference is the first.
    private readonly TwoSamples _samples = new();
    private long _probeFrom;

    /// <summary>The number of the first point that is still needed.</summary>
    public long From { get; private set; }

    /// <summary>Takes the last point of the ring.</summary>
    public void Add(long now)
    {
        _samples.AddToSecond(ring.ValueAt(ring.Next - 1));
        for (; _probeFrom < ring.Next && ring.TimeAt(_probeFrom) < now - ProbeTicks; _probeFrom++)
        {
            var value = ring.ValueAt(_probeFrom);
            _samples.RemoveFromSecond(value);
            _samples.AddToFirst(value);
        }
        for (; From < _probeFrom && ring.TimeAt(From) < now - ReferenceTicks; From++) _samples.RemoveFromFirst(ring.ValueAt(From));
    }

    /// <summary>The verdict on the newest point. See <see cref="Detectors.KsTest"/>.</summary>
    public Verdict Judge()
    {
        if (_samples.FirstCount < FewestPoints || _samples.SecondCount < FewestPoints) return default;
        var distance = _samples.Distance;
        var score = distance / Limit;
        // From 20 points on each side a distance over one half has p ≤ 0.012, so p needs no look.
        return distance > Limit && IsReferenceStationary() ? new(true, score) : new(false, Math.Min(score, 1));
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
