namespace Flotilla.Detection;

/// <summary>
/// Sums over a stretch of a series whose points leave in the order in which they came. Taking a point out of a mean and a sum of
/// squares by subtraction loses digits, all of them when a spike leaves a calm series; so nothing is ever subtracted. The stretch
/// is two parts: of the later one the sums run along, of the earlier one they are known from each point to its end (the queue of
/// two stacks). To take a tenth of the memory, the earlier part knows them only from every 64th point on, and from each point of the 64
/// that leave next. When the earlier part is used up, the later one becomes it, read backwards once: O(1) a point, amortised.
/// </summary>
internal sealed class WindowSums<T, TSummation>(PointRing ring, TSummation summation) where T : struct where TSummation : struct, ISums<T>
{
    private const int BlockBits = 6;
    private const int BlockSize = 1 << BlockBits;

    private long _from;
    private long _middle;
    private long _to;
    private T _earlier;
    private T _later;
    // From the beginning of each block to the middle, the block of _suffixOrigin first.
    private T[] _suffixes = [];
    private long _suffixOrigin;
    // From each point of the block that is leaving to the middle.
    private T[] _leaving = [];

    public T Total => summation.Join(_earlier, _later);

    /// <summary>Takes the next point of the ring.</summary>
    public void Append(double seconds, double value)
    {
        _later = summation.Append(_later, seconds, value);
        _to++;
    }

    /// <summary>Leaves out the first point. <paramref name="origin"/> is where seconds count from.</summary>
    public void RemoveFirst(long origin)
    {
        if (_from == _middle) Turn(origin);
        _from++;
        if (_from == _middle)
        {
            _earlier = default;
            return;
        }
        if (_from % BlockSize == 0) Load(origin);
        _earlier = _leaving[(int)(_from % BlockSize)];
    }

    /// <summary>Begins anew with the point of this number.</summary>
    public void Restart(long number)
    {
        _from = _middle = _to = number;
        (_earlier, _later) = (default, default);
    }

    private void Turn(long origin)
    {
        _middle = _to;
        _later = default;
        _suffixOrigin = _from >> BlockBits;
        var needed = (int)((_middle >> BlockBits) - _suffixOrigin) + 1;
        if (_suffixes.Length < needed || _suffixes.Length > 2 * needed + BlockSize) _suffixes = new T[needed];
        if (_leaving.Length == 0) _leaving = new T[BlockSize];
        T sums = default;
        _suffixes[needed - 1] = sums;
        for (var number = _middle - 1; number >= _from; number--)
        {
            sums = summation.Join(One(number, origin), sums);
            if (number % BlockSize == 0) _suffixes[(number >> BlockBits) - _suffixOrigin] = sums;
        }
        Load(origin);
    }

    private void Load(long origin)
    {
        var block = _from >> BlockBits;
        var end = Math.Min(_middle, (block + 1) << BlockBits);
        var sums = end == _middle ? default : _suffixes[block + 1 - _suffixOrigin];
        for (var number = end - 1; number >= _from; number--)
        {
            sums = summation.Join(One(number, origin), sums);
            _leaving[(int)(number % BlockSize)] = sums;
        }
    }

    private T One(long number, long origin) => summation.Append(default, Seconds(ring.TimeAt(number), origin), ring.ValueAt(number));

    private static double Seconds(long time, long origin) => (time - origin) / (double)TimeSpan.TicksPerSecond;
}
