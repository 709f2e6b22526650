namespace Flotilla.Detection;

/// <summary>
/// How far the newest window is from the subspace in which the windows before it lay: with δ its difference from the mean
/// window, y its coordinates along the first k principal components with variances λ, and λ̄ the mean variance,
/// √((Σ yᵢ²/(λᵢ + ρλ̄) + (|δ|² − Σ yᵢ²)/(λ_rest + ρλ̄)) · (1 + ρ)/window). This is the Mahalanobis distance under probabilistic PCA
/// (M. E. Tipping, C. M. Bishop, JRSS B 61(3), 1999) with a ridge ρ; for what is like the
/// past about 1, or less when few directions hold the variance. Mean and
/// covariance forget exponentially after <c>history</c> windows; a window at distance d &gt; 3 counts (3/d)² times (but 1 % at
/// least), so that one outburst does not stretch the subspace. The components are those of the last refresh.
/// </summary>
internal sealed class SubPcaScore : IRawScore
{
    private const double Downweighted = 3;
    // Without a least weight, what is far from a series without variance would never be learnt.
    private const double LeastWeight = 0.01;
    // Of the largest value: less than this is rounding, not variance.
    private const double Negligible = 1e-9;

    private readonly int _size;
    private readonly int _components;
    private readonly int _history;
    private readonly int _refresh;
    private readonly double _ridge;
    private readonly SlidingWindow _window;
    private readonly double[] _mean;
    private readonly double[][] _covariance;
    private readonly double[] _difference;
    private double[] _eigenvalues = [];
    private double[][] _eigenvectors = [];
    private double _restVariance;
    private double _leastVariance;
    private double _weight;
    private int _seen;
    private int _nextRefresh;

    public SubPcaScore(int window, int components, int history, int refresh, double ridge)
    {
        _size = window;
        _components = Math.Min(components, window);
        _history = history;
        _refresh = refresh;
        _ridge = ridge;
        _window = new SlidingWindow(window);
        _mean = new double[window];
        _difference = new double[window];
        _covariance = [.. Enumerable.Range(0, window).Select(_ => new double[window])];
        // Fewer windows do not span a subspace.
        _nextRefresh = Math.Max(window, 2 * _components);
    }

    public double Next(double value)
    {
        _window.Add(value);
        if (!_window.IsFull) return double.NaN;

        var values = _window.Values;
        for (var i = 0; i < _size; i++) _difference[i] = values[i] - _mean[i];
        var score = _eigenvectors.Length == 0 ? double.NaN : Distance();
        Learn(score > Downweighted ? Math.Max(LeastWeight, Downweighted * Downweighted / (score * score)) : 1);
        if (++_seen == _nextRefresh) Refresh();
        return score;
    }

    private double Distance()
    {
        double inside = 0, sum = 0;
        for (var k = 0; k < _components; k++)
        {
            var along = Vectors.Dot(_eigenvectors[k], _difference);
            inside += along * along;
            sum += along * along / (_eigenvalues[k] + _leastVariance);
        }
        // With all components only rounding is outside.
        var outside = _components < _size ? Math.Max(0, Vectors.Dot(_difference, _difference) - inside) : 0;
        return Math.Sqrt((sum + outside / (_restVariance + _leastVariance)) * (1 + _ridge) / _size);
    }

    private void Learn(double weight)
    {
        _weight = Math.Min(_weight + weight, _history);
        var share = Math.Min(1, weight / _weight);
        for (var i = 0; i < _size; i++)
        {
            Vectors.Blend(_covariance[i], 1 - share, _difference, (1 - share) * share * _difference[i]);
            _mean[i] += share * _difference[i];
        }
    }

    private void Refresh()
    {
        var (values, vectors) = SymmetricEigen.Decompose(_covariance);
        _eigenvalues = Array.ConvertAll(values, value => Math.Max(0, value));
        _eigenvectors = vectors;
        _restVariance = _components < _size ? _eigenvalues.Skip(_components).Average() : 0;
        var rounding = Negligible * _mean.Max(Math.Abs);
        _leastVariance = _ridge * _eigenvalues.Average() + rounding * rounding + 1e-300;
        _nextRefresh = _seen + Math.Clamp(_seen / 2, 1, _refresh);
    }
}
