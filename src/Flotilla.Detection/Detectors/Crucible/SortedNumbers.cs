namespace Flotilla.Detection;

/// <summary>A few numbers in sorted order, duplicates included, side by side: to be read as a whole after each change.</summary>
internal sealed class SortedNumbers
{
    private const int Smallest = 32;

    private double[] _values = new double[Smallest];

    public int Count { get; private set; }

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public void Add(double value)
    {
        if (Count == _values.Length) Array.Resize(ref _values, Count + Count / 2);
        var at = Position(value);
        _values.AsSpan(at, Count - at).CopyTo(_values.AsSpan(at + 1));
        _values[at] = value;
        Count++;
    }

    /// <summary>Removes one of the numbers that equal <paramref name="value"/>; there must be one.</summary>
    public void Remove(double value)
    {
        var at = Position(value);
        Count--;
        _values.AsSpan(at + 1, Count - at).CopyTo(_values.AsSpan(at));
        if (_values.Length > Smallest && Count < _values.Length / 3) Array.Resize(ref _values, Math.Max(Smallest, _values.Length / 2));
    }

    private int Position(double value)
    {
        var at = Values.BinarySearch(value);
        return at < 0 ? ~at : at;
    }
}
