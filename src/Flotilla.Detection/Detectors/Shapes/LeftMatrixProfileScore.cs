namespace Flotilla.Detection;

/// <summary>
/// The left matrix profile of the newest window, exactly: the z-normalised Euclidean distance to its nearest earlier window
/// that does not overlap it, over √(2·window), which is √(1 − r) for the highest correlation r. All covariances with
/// the newest window follow from those of the window before in one addition each (Y. Zhu et al., "Matrix Profile II",
/// ICDM 2016, in the centred form of Z. Zimmerman et al., "Matrix Profile XIV", SoCC 2019):
/// cov(i, j) = cov(i−1, j−1) + f_i·g_j + f_j·g_i with f_i = (x_{i+w−1} − x_{i−1})/2 and
/// g_i = (x_{i+w−1} − μ_i) + (x_{i−1} − μ_{i−1}).
/// A window of equal values is at distance 0 from another such, and √window from any other.
/// </summary>
internal sealed class LeftMatrixProfileScore : IRawScore
{
    private const double FlatBelow = 1e-12;
    // A value this many deviations off its window takes with it the digits of every sum that it was in.
    private const double FarOff = 1000;

    private readonly int _window;
    private readonly int _history;
    private readonly int _longestLag;
    // Values, and per window start its mean, inverse norm (0 when flat), f and g; the newest lie at the end.
    private readonly double[] _values, _means, _inverseNorms, _f, _g;
    // By lag: the longest first, so that all run through memory in one direction.
    private readonly double[] _covariances, _correlations;
    private readonly Queue<long> _afterFarOff = new();
    private int _count;
    private long _dropped;
    private int _flat;
    private int _refresh;

    public LeftMatrixProfileScore(int window, int history)
    {
        _window = window;
        _history = history;
        _longestLag = history - window;
        _values = new double[2 * history];
        _means = new double[2 * history];
        _inverseNorms = new double[2 * history];
        _f = new double[2 * history];
        _g = new double[2 * history];
        _covariances = new double[_longestLag + 1];
        _correlations = new double[_longestLag + 1];
    }

    public double Next(double value)
    {
        if (_count == _values.Length) DropOld();
        _values[_count++] = value;
        var newest = _count - _window;
        if (newest < 0) return double.NaN;

        Describe(newest);
        var oldest = Math.Max(0, _count - _history);
        var last = newest - _window;
        if (last < 0) return double.NaN;
        if (_inverseNorms[last] == 0) _flat++;
        if (oldest > 0 && _inverseNorms[oldest - 1] == 0) _flat--;

        Advance(newest, oldest, last);
        return Math.Sqrt(Math.Max(0, Distance(newest, oldest, last)));
    }

    private void DropOld()
    {
        // One more than the history: the recurrence looks at the value before the oldest window.
        var kept = _history + 1;
        var drop = _count - kept;
        foreach (var array in (double[][])[_values, _means, _inverseNorms, _f, _g]) array.AsSpan(drop, kept).CopyTo(array);
        _count = kept;
        _dropped += drop;
    }

    private void Describe(int start)
    {
        var values = _values.AsSpan(start, _window);
        double sum = 0, low = values[0], high = values[0];
        foreach (var value in values)
        {
            sum += value;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        var mean = sum / _window;
        double squares = 0;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        var smallest = FlatBelow * Math.Max(Math.Abs(low), Math.Abs(high));
        var isFlat = high - low <= smallest;
        _means[start] = mean;
        _inverseNorms[start] = isFlat ? 0 : 1 / Math.Sqrt(squares);
        if (start == 0) return;
        var (left, entered) = (_values[start - 1], _values[start + _window - 1]);
        _f[start] = (entered - left) / 2;
        _g[start] = entered - mean + (left - _means[start - 1]);
        if (Math.Abs(left - mean) > FarOff * Math.Max(smallest, Math.Sqrt(squares / _window))) _afterFarOff.Enqueue(_dropped + start);
    }

    private void Advance(int newest, int oldest, int last)
    {
        var shift = newest - _longestLag;
        var from = oldest;
        if (oldest == 0 && newest <= _longestLag)
        {
            _covariances[-shift] = Covariance(0, newest);
            from = 1;
        }
        if (last < from) return;
        var covariances = _covariances.AsSpan(from - shift, last - from + 1);
        Vectors.Add(covariances, _f.AsSpan(from, covariances.Length), _g[newest], _g.AsSpan(from, covariances.Length), _f[newest]);

        while (_afterFarOff.TryPeek(out var gone) && gone < _dropped + oldest) _afterFarOff.Dequeue();
        foreach (var place in _afterFarOff)
        {
            var start = (int)(place - _dropped);
            if (start == newest) for (var i = from; i <= last; i++) _covariances[i - shift] = Covariance(i, newest);
            else if (start <= last) _covariances[start - shift] = Covariance(start, newest);
        }
        // Rounding adds up along a lag; each is computed anew once in a history.
        _refresh = (_refresh + 1) % covariances.Length;
        covariances[_refresh] = Covariance(from + _refresh, newest);
    }

    // 1 − r, for the nearest.
    private double Distance(int newest, int oldest, int last)
    {
        if (_inverseNorms[newest] == 0) return _flat > 0 ? 0 : 0.5;
        var candidates = last - oldest + 1;
        var correlations = _correlations.AsSpan(0, candidates);
        var highest = Vectors.Multiply(_covariances.AsSpan(oldest - (newest - _longestLag), candidates), _inverseNorms.AsSpan(oldest, candidates), correlations);
        var nearest = HalfSquaredDistance(oldest + correlations.IndexOf(highest), newest);
        return _flat > 0 ? Math.Min(0.5, nearest) : nearest;
    }

    // Directly, because 1 − r loses half of the digits where windows are alike.
    private double HalfSquaredDistance(int i, int j)
    {
        if (_inverseNorms[i] == 0) return 0.5;
        double sum = 0;
        for (var k = 0; k < _window; k++)
        {
            var difference = (_values[i + k] - _means[i]) * _inverseNorms[i] - (_values[j + k] - _means[j]) * _inverseNorms[j];
            sum += difference * difference;
        }
        return sum / 2;
    }

    private double Covariance(int i, int j)
    {
        double sum = 0;
        for (var k = 0; k < _window; k++) sum += (_values[i + k] - _means[i]) * (_values[j + k] - _means[j]);
        return sum;
    }
}
