namespace Flotilla.Detection;

/// <summary>The three smoothing weights of Holt and Winters, each over 0 and at most 1.</summary>
internal readonly record struct HoltWintersWeights(double Level, double Trend, double Seasonal);

/// <summary>
/// Additive Holt-Winters forecasting in error-correction form, with Brutlag's deviation for each slot of the season. With the
/// forecast a + b + c[s] and its error e: a ← a + b + αe, b ← b + αβe, c[s] ← c[s] + γ(1 − α)e, d[s] ← γ|e| + (1 − γ)d[s]. What is
/// learnt of an error is held to a multiple of the deviation (S. Gelper, R. Fried, C. Croux, Robust forecasting with exponential
/// and Holt-Winters smoothing, J. Forecasting 29, 2010), so that an outlier does not become the forecast. Without a season c is 0.
/// </summary>
internal sealed class HoltWintersModel
{
    /// <summary>Errors are learnt up to this many deviations.</summary>
    internal const double Hold = 6;

    // A slot's deviation is learnt from few errors, so it is not trusted when it is far under that of all.
    private const double LeastShare = 0.5;

    private readonly HoltWintersWeights _weights;
    private readonly double[] _seasonal;
    private readonly double[] _deviations;
    private double _level;
    private double _trend;
    private double _deviation;
    private double _learnt;

    /// <summary>A model without a season, at the first value of a series.</summary>
    public HoltWintersModel(HoltWintersWeights weights, double first)
    {
        _weights = weights;
        _level = first;
        _seasonal = [0];
        _deviations = [0];
    }

    /// <summary>
    /// A model that starts with what its points show: each slot's median over that of all for the season, the last season's median
    /// distance from it for the level, the mean distance that is left for the deviations.
    /// </summary>
    /// <param name="weights">The smoothing weights.</param>
    /// <param name="points">Two seasons or more.</param>
    /// <param name="season">How many slots there are.</param>
    /// <param name="errors">What is left of the points, as large as errors to come will be.</param>
    public HoltWintersModel(HoltWintersWeights weights, IReadOnlyList<(int Slot, double Value)> points, int season, out double[] errors)
    {
        _weights = weights;
        _seasonal = Seasonality.Medians(points, season);
        var left = points.Select(point => point.Value - _seasonal[point.Slot]).ToArray();
        _level = SortedRun.Median(left.TakeLast(season).Order().ToArray());
        var middle = SortedRun.Median(left.Order().ToArray());
        var unseen = Seasonality.Unseen(points.Count, season);
        errors = Array.ConvertAll(left, value => unseen * (value - middle));
        _deviation = errors.Average(Math.Abs);
        _deviations = new double[season];
        Array.Fill(_deviations, _deviation);
        _learnt = points.Count;
    }

    public double Forecast(int slot) => _level + _trend + _seasonal[slot];

    /// <summary>The mean absolute error to expect at a slot.</summary>
    public double Deviation(int slot) => Math.Max(_deviations[slot], LeastShare * _deviation);

    /// <param name="slot">Where the value lies in the season.</param>

    /// <param name="value">The value to learn.</param>
    /// <param name="scale">The deviation to hold the error by; 0 for all of it.</param>
    public void Learn(int slot, double value, double scale)
    {
        var error = value - Forecast(slot);
        if (scale > 0) error = Math.Clamp(error, -Hold * scale, Hold * scale);
        _learnt++;
        // Plain means at first, so that no first guess lingers.
        var weight = Math.Max(_weights.Seasonal, 1 / _learnt);
        _deviation += weight * (Math.Abs(error) - _deviation);
        _deviations[slot] += (_seasonal.Length > 1 ? _weights.Seasonal : weight) * (Math.Abs(error) - _deviations[slot]);
        _level += _trend + _weights.Level * error;
        _trend += _weights.Level * _weights.Trend * error;
        if (_seasonal.Length > 1) _seasonal[slot] += _weights.Seasonal * (1 - _weights.Level) * error;
    }

    /// <summary>The value without its season.</summary>
    public double Deseasonalised(int slot, double value) => value - _seasonal[slot];

    /// <summary>Starts from a new level, with no trend and with deviations no larger than the one given.</summary>
    public void Restart(double level, double deviation)
    {
        _level = level;
        _trend = 0;
        _deviation = Math.Min(_deviation, deviation);
        for (var slot = 0; slot < _deviations.Length; slot++) _deviations[slot] = Math.Min(_deviations[slot], deviation);
    }
}
