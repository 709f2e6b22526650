namespace Flotilla.Detection;

/// <summary>
/// How far the mean of the last values is from its exponentially weighted mean, in exponentially weighted deviations, both of
/// the windows before it: the slow part of a series, for the ensemble.
/// </summary>
internal sealed class LevelScore(int window, int history) : IRawScore
{
    private const double Downweighted = 3;
    private const double LeastWeight = 0.01;
    private const double Negligible = 1e-9;

    private readonly SlidingWindow _window = new(window);
    private double _weight;
    private double _mean;
    private double _variance;

    public double Next(double value)
    {
        _window.Add(value);
        if (!_window.IsFull) return double.NaN;

        double level = 0;
        foreach (var each in _window.Values) level += each / window;
        var difference = level - _mean;
        var rounding = Negligible * Math.Abs(_mean);
        var score = _weight < window ? double.NaN : Math.Abs(difference) / Math.Sqrt(_variance + rounding * rounding + 1e-300);

        var weight = score > Downweighted ? Math.Max(LeastWeight, Downweighted * Downweighted / (score * score)) : 1;
        _weight = Math.Min(_weight + weight, history);
        var share = Math.Min(1, weight / _weight);
        _variance = (1 - share) * (_variance + share * difference * difference);
        _mean += share * difference;
        return score;
    }
}
