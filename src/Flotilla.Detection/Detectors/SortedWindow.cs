namespace Flotilla.Detection;

/// <summary>
/// The last <paramref name="capacity"/> values of a series in sorted order, duplicates included; see <see cref="SortedValues"/>
/// for the costs. It grows with what it holds, then the oldest leaves for each that comes.
/// </summary>
internal sealed class SortedWindow(int capacity)
{
    private readonly SortedValues _values = new();
    private double[] _arrivals = new double[Math.Min(capacity, 32)];
    private int _oldest;

    public int Count => _values.Count;

    /// <summary>The value at a rank, counted from 0 at the smallest.</summary>
    public double this[int rank] => _values[rank];

    public void Add(double value)
    {
        if (Count == capacity)
        {
            _values.Remove(_arrivals[_oldest]);
            _arrivals[_oldest] = value;
            _oldest = (_oldest + 1) % capacity;
        }
        else
        {
            if (Count == _arrivals.Length) Array.Resize(ref _arrivals, Math.Min(capacity, 2 * _arrivals.Length));
            _arrivals[Count] = value;
        }
        _values.Add(value);
    }
}
