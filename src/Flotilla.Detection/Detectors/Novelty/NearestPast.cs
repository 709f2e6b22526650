using System.Numerics;

namespace Flotilla.Detection;

/// <summary>
/// The nearest of the last <paramref name="history"/> vectors, the newest <paramref name="gap"/> left out, by Euclidean distance.
/// One array for each component, so that the search runs over whole registers: for a few thousand vectors of a few
/// components no tree is faster.
/// </summary>
internal sealed class NearestPast(int components, int history, int gap)
{
    // Below this many there is no past to speak of.
    private const int Least = 30;

    private readonly double[][] _past = [.. Enumerable.Range(0, components).Select(_ => new double[Math.Max(1, history - gap)])];
    private readonly double[][] _waiting = [.. Enumerable.Range(0, components).Select(_ => new double[gap])];
    private long _added;

    private int Count => (int)Math.Min(Math.Max(0, _added - gap), _past[0].Length);

    public void Add(ReadOnlySpan<double> vector)
    {
        for (var c = 0; c < components; c++)
        {
            if (gap == 0)
            {
                _past[c][_added % _past[c].Length] = vector[c];
                continue;
            }
            ref var waiting = ref _waiting[c][_added % gap];
            if (_added >= gap) _past[c][(_added - gap) % _past[c].Length] = waiting;
            waiting = vector[c];
        }
        _added++;
    }

    /// <summary>The distance to the nearest, null while there is too little past.</summary>
    public double? Distance(ReadOnlySpan<double> vector)
    {
        var count = Count;
        if (count < Least) return null;
        var nearest = new Vector<double>(double.PositiveInfinity);
        var at = 0;
        for (; at <= count - Vector<double>.Count; at += Vector<double>.Count)
        {
            var sum = Vector<double>.Zero;
            for (var c = 0; c < vector.Length; c++)
            {
                var difference = new Vector<double>(_past[c], at) - new Vector<double>(vector[c]);
                sum += difference * difference;
            }
            nearest = Vector.Min(nearest, sum);
        }
        var least = double.PositiveInfinity;
        for (var lane = 0; lane < Vector<double>.Count; lane++) least = Math.Min(least, nearest[lane]);
        for (; at < count; at++)
        {
            var sum = 0.0;
            for (var c = 0; c < vector.Length; c++)
            {
                var difference = _past[c][at] - vector[c];
                sum += difference * difference;
            }
            least = Math.Min(least, sum);
        }
        return Math.Sqrt(least);
    }
}
