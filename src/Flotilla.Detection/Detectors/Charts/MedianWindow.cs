namespace Flotilla.Detection;

/// <summary>
/// The last values in order of arrival and in ascending order. A new value moves at most the whole sorted array, which for
/// the few thousand values of a chart costs less than the bookkeeping of a tree.
/// </summary>
internal sealed class MedianWindow(int capacity)
{
    private double[] _arrivals = new double[Math.Min(capacity, 64)];
    private double[] _sorted = new double[Math.Min(capacity, 64)];
    private int _oldest;

    public int Count { get; private set; }

    public ReadOnlySpan<double> Sorted => _sorted.AsSpan(0, Count);

    public void Add(double value)
    {
        if (Count == capacity)
        {
            RemoveSorted(_arrivals[_oldest]);
            _arrivals[_oldest] = value;
            _oldest = (_oldest + 1) % capacity;
        }
        else
        {
            if (Count == _arrivals.Length)
            {
                Array.Resize(ref _arrivals, Math.Min(capacity, 2 * Count));
                Array.Resize(ref _sorted, _arrivals.Length);
            }
            _arrivals[Count] = value;
        }
        var at = LowerBound(value);
        _sorted.AsSpan(at, Count - at).CopyTo(_sorted.AsSpan(at + 1));
        _sorted[at] = value;
        Count++;
    }

    /// <summary>Forgets all but the newest, which are returned in the order of their arrival.</summary>
    public double[] KeepNewest(int count)
    {
        count = Math.Min(count, Count);
        var newest = Enumerable.Range(Count - count, count).Select(i => _arrivals[(_oldest + i) % _arrivals.Length]).ToArray();
        _oldest = 0;
        Count = 0;
        foreach (var value in newest) Add(value);
        return newest;
    }

    private void RemoveSorted(double value)
    {
        var at = LowerBound(value);
        Count--;
        _sorted.AsSpan(at + 1, Count - at).CopyTo(_sorted.AsSpan(at));
    }

    private int LowerBound(double value)
    {
        var low = 0;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sorted[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
