namespace Flotilla.Detection;

/// <summary>
/// The last values of a series in sorted order, duplicates included: sorted blocks of about √capacity values, with the rank at
/// which each block starts. Adding and removing cost O(√capacity), reading by rank O(log capacity). It grows with what it
/// holds, to at most <paramref name="capacity"/> values, then the oldest leaves for each that comes.
/// </summary>
internal sealed class SortedWindow(int capacity)
{
    private readonly int _blockSize = Math.Max(32, 2 * (int)Math.Sqrt(capacity));
    private double[] _arrivals = new double[Math.Min(capacity, 32)];
    private int _oldest;
    private readonly List<double[]> _blocks = [];
    // One more than there are blocks: the last is the number of values.
    private readonly List<int> _starts = [0];

    public int Count => _starts[^1];

    public int BlockCount => _blocks.Count;

    /// <summary>The value at a rank, counted from 0 at the smallest.</summary>
    public double this[int rank]
    {
        get
        {
            var block = BlockOf(rank);
            return _blocks[block][rank - _starts[block]];
        }
    }

    public void Add(double value)
    {
        if (Count == capacity)
        {
            Remove(_arrivals[_oldest]);
            _arrivals[_oldest] = value;
            _oldest = (_oldest + 1) % capacity;
        }
        else
        {
            if (Count == _arrivals.Length) Array.Resize(ref _arrivals, Math.Min(capacity, 2 * _arrivals.Length));
            _arrivals[Count] = value;
        }
        Insert(value);
    }

    private void Insert(double value)
    {
        if (_blocks.Count == 0)
        {
            _blocks.Add(new double[_blockSize]);
            _starts.Add(0);
        }
        var index = BlockFor(value);
        var size = Size(index);
        if (size == _blockSize)
        {
            Split(index);
            if (_blocks[index + 1][0] <= value) index++;
            size = Size(index);
        }
        var block = _blocks[index];
        var at = UpperBound(block.AsSpan(0, size), value);
        block.AsSpan(at, size - at).CopyTo(block.AsSpan(at + 1));
        block[at] = value;
        Shift(index + 1, 1);
    }

    private void Remove(double value)
    {
        // The last block that starts with no more than the value holds its last occurrence.
        var index = BlockFor(value);
        var size = Size(index);
        var block = _blocks[index];
        var at = UpperBound(block.AsSpan(0, size), value) - 1;
        block.AsSpan(at + 1, size - at - 1).CopyTo(block.AsSpan(at));
        Shift(index + 1, -1);
        if (index + 1 < _blocks.Count) MergeIfSmall(index);
        if (index > 0) MergeIfSmall(index - 1);
    }

    private void Split(int index)
    {
        var half = _blockSize / 2;
        var right = new double[_blockSize];
        _blocks[index].AsSpan(half).CopyTo(right);
        _blocks.Insert(index + 1, right);
        _starts.Insert(index + 1, _starts[index] + half);
    }

    // Keeps the number of blocks in proportion to the number of values, and every block filled (but for the only one).
    private void MergeIfSmall(int index)
    {
        var size = Size(index);
        var next = Size(index + 1);
        if (size > 0 && next > 0 && size + next > _blockSize * 3 / 4) return;
        _blocks[index + 1].AsSpan(0, next).CopyTo(_blocks[index].AsSpan(size));
        _blocks.RemoveAt(index + 1);
        _starts.RemoveAt(index + 1);
    }

    private int Size(int block) => _starts[block + 1] - _starts[block];

    private void Shift(int from, int by)
    {
        foreach (ref var start in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_starts)[from..]) start += by;
    }

    private int BlockOf(int rank)
    {
        var low = 0;
        var high = _blocks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_starts[middle] <= rank) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    private int BlockFor(double value)
    {
        var low = 0;
        var high = _blocks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_blocks[middle][0] <= value) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    private static int UpperBound(ReadOnlySpan<double> sorted, double value)
    {
        var low = 0;
        var high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] <= value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
