namespace Flotilla.Detection;

/// <summary>
/// Two samples in sorted order, and the largest distance of their distribution functions. That is reached at a value of the
/// second, or just below one; so of each of them it is kept how many of the first are below it, and how many are not above. A change
/// of either sample shifts these counts from some value on.
/// </summary>
internal sealed class TwoSamples
{
    private const int Smallest = 32;

    private double[] _first = new double[Smallest];
    private double[] _second = new double[Smallest];
    // Of each value of the second sample.
    private int[] _below = new int[Smallest];
    private int[] _upTo = new int[Smallest];

    public int FirstCount { get; private set; }

    public int SecondCount { get; private set; }

    /// <summary>The largest distance, 0 to 1; both samples must have values.</summary>
    public double Distance
    {
        get
        {
            var values = _second.AsSpan(0, SecondCount);
            var below = _below.AsSpan(0, values.Length);
            var upTo = _upTo.AsSpan(0, values.Length);
            long first = FirstCount, second = SecondCount, largest = 0;
            var previous = double.NaN;
            for (var i = 0; i < values.Length; i++)
            {
                // In whole numbers, for a distance of exactly one half must not be over it.
                if (values[i] != previous) largest = Math.Max(largest, Math.Abs(below[i] * second - i * first));
                if (i + 1 == values.Length || values[i + 1] != values[i]) largest = Math.Max(largest, Math.Abs(upTo[i] * second - (i + 1) * first));
                previous = values[i];
            }
            return largest / ((double)first * second);
        }
    }

    public void AddToFirst(double value)
    {
        if (FirstCount == _first.Length) Array.Resize(ref _first, FirstCount + FirstCount / 2);
        Insert(_first, Bounds(_first.AsSpan(0, FirstCount), value).Lower, FirstCount++, value);
        Count(value, 1);
    }

    /// <summary>Removes one of the values that equal <paramref name="value"/>; there must be one.</summary>
    public void RemoveFromFirst(double value)
    {
        Delete(_first, Bounds(_first.AsSpan(0, FirstCount), value).Lower, FirstCount--);
        if (_first.Length > Smallest && FirstCount < _first.Length / 3) Array.Resize(ref _first, Math.Max(Smallest, _first.Length / 2));
        Count(value, -1);
    }

    public void AddToSecond(double value)
    {
        if (SecondCount == _second.Length) ResizeSecond(SecondCount + SecondCount / 2);
        var at = Bounds(_second.AsSpan(0, SecondCount), value).Lower;
        var (below, upTo) = Bounds(_first.AsSpan(0, FirstCount), value);
        Insert(_second, at, SecondCount, value);
        Insert(_below, at, SecondCount, below);
        Insert(_upTo, at, SecondCount, upTo);
        SecondCount++;
    }

    /// <summary>Removes one of the values that equal <paramref name="value"/>; there must be one.</summary>
    public void RemoveFromSecond(double value)
    {
        var at = Bounds(_second.AsSpan(0, SecondCount), value).Lower;
        Delete(_second, at, SecondCount);
        Delete(_below, at, SecondCount);
        Delete(_upTo, at, SecondCount);
        SecondCount--;
        if (_second.Length > Smallest && SecondCount < _second.Length / 3) ResizeSecond(Math.Max(Smallest, _second.Length / 2));
    }

    private void Count(double value, int by)
    {
        var (lower, upper) = Bounds(_second.AsSpan(0, SecondCount), value);
        foreach (ref var count in _upTo.AsSpan(lower, SecondCount - lower)) count += by;
        foreach (ref var count in _below.AsSpan(upper, SecondCount - upper)) count += by;
    }

    private void ResizeSecond(int size)
    {
        Array.Resize(ref _second, size);
        Array.Resize(ref _below, size);
        Array.Resize(ref _upTo, size);
    }

    private static void Insert<T>(T[] array, int at, int count, T value)
    {
        Array.Copy(array, at, array, at + 1, count - at);
        array[at] = value;
    }

    private static void Delete<T>(T[] array, int at, int count) => Array.Copy(array, at + 1, array, at, count - at - 1);

    private static (int Lower, int Upper) Bounds(ReadOnlySpan<double> sorted, double value)
    {
        var lower = Sorted.CountBelow(sorted, value);
        var upper = lower;
        if (upper < sorted.Length && sorted[upper] == value) upper += Sorted.CountUpTo(sorted[upper..], value);
        return (lower, upper);
    }
}
