namespace Flotilla.Detection;

/// <summary>The settings of a <see cref="NoveltyDetector"/>, in points unless said otherwise.</summary>
/// <param name="ValueLimit">Standard deviations at which a new value alone is anomalous.</param>
/// <param name="PatternLimit">Multiple of the mean distance at which a new pattern alone is anomalous.</param>
/// <param name="Length">How far back a pattern reaches.</param>
/// <param name="Segments">Of how many means a pattern is made.</param>
/// <param name="History">How far back the past reaches that the newest point is compared with.</param>
/// <param name="Gap">The newest points that are not yet past: an anomaly must not explain itself.</param>
/// <param name="Silence">The points after an anomaly that are not judged anomalous.</param>
/// <param name="Persistence">After how many points a score has faded to 1/e; 0 for at once.</param>
internal sealed record NoveltySettings(
    double ValueLimit, double PatternLimit, int Length, int Segments, int History, int Gap, int Silence, double Persistence);

/// <summary>
/// How far the newest value, and the newest pattern, lie from the nearest of the past. A pattern is a stretch of points as the
/// means of its segments (piecewise aggregate approximation, Keogh et al. 2001), so that its distance costs little.
/// </summary>
internal sealed class NoveltyDetector(NoveltySettings settings) : IDetector
{
    // Beyond this a value is only more of the same surprise: it must not outweigh the pattern for ever.
    private const double LargestValueDeviation = 5;
    private const double LargestPatternRatio = 100;
    // A square of more has no place in a double.
    private const double Largest = 1e150;
    // Distances known before one is judged.
    private const int Warm = 50;

    private readonly int _segment = Math.Max(1, settings.Length / settings.Segments);
    private readonly NearestPast _values = new(1, settings.History, settings.Gap);
    private readonly NearestPast _patterns = new(settings.Segments, settings.History, settings.Gap);
    private readonly double[] _means = new double[settings.Segments * Math.Max(1, settings.Length / settings.Segments)];
    private readonly double[] _recent = new double[Math.Max(1, settings.Length / settings.Segments)];
    private readonly double[] _pattern = new double[settings.Segments];
    private readonly double _fading = settings.Persistence > 0 ? Math.Exp(-1 / settings.Persistence) : 0;
    private Spread _valueDistances;
    private Spread _patternDistances;
    private double _origin;
    private double _range;
    private long _seen;
    private int _silent;
    private double _lasting;

    public Verdict Observe(Point point)
    {
        var value = point.Value;
        if (double.IsNaN(value)) return default;
        if (Math.Abs(value) > Largest) return _seen >= Warm ? Judge(LargestPatternRatio) : default;

        // Distances do not change by a shift, and differences of large values keep their digits.
        if (_seen == 0) _origin = value;
        value -= _origin;
        _range = Math.Max(_range, Math.Abs(value));
        _recent[_seen % _segment] = value;
        _means[_seen % _means.Length] = MeanOfRecent();
        _seen++;
        return Judge(ValueNovelty(value) + PatternNovelty());
    }

    // Always summed from the oldest, so that equal stretches have equal means to the last bit.
    private double MeanOfRecent()
    {
        var sum = 0.0;
        for (var age = _segment - 1; age >= 0; age--) sum += _recent[(_seen - age + _segment) % _segment];
        return sum / _segment;
    }

    private double ValueNovelty(double value)
    {
        ReadOnlySpan<double> vector = [value];
        var novelty = 0.0;
        if (Floored(_values.Distance(vector)) is { } distance)
        {
            novelty = _valueDistances.Deviation(distance) / settings.ValueLimit;
            _valueDistances.Add(distance);
        }
        _values.Add(vector);
        return novelty;
    }

    private double PatternNovelty()
    {
        if (_seen < _means.Length) return 0;
        for (var i = 0; i < _pattern.Length; i++) _pattern[i] = _means[(_seen - 1 - i * _segment) % _means.Length];
        var novelty = 0.0;
        if (Floored(_patterns.Distance(_pattern)) is { } distance)
        {
            novelty = _patternDistances.Ratio(distance) / settings.PatternLimit;
            _patternDistances.Add(distance);
        }
        _patterns.Add(_pattern);
        return novelty;
    }

    // What rounding leaves of a series that repeats itself is no distance.
    private double? Floored(double? distance) => distance <= 1e-9 * _range ? 0 : distance;

    private Verdict Judge(double novelty)
    {
        novelty = Math.Max(novelty, 0);
        var anomalous = novelty > 1 && _silent == 0;
        _silent = anomalous ? settings.Silence : Math.Max(0, _silent - 1);
        _lasting = Math.Max(novelty, _lasting * _fading);
        return new Verdict(anomalous, _lasting);
    }

    /// <summary>Mean and deviation of all distances so far; the weight of old ones fades when there are many, so that it follows a series that changes.</summary>
    private struct Spread
    {
        private const int Longest = 20_000;

        private int _count;
        private double _mean;
        private double _squares;

        public void Add(double distance)
        {
            if (_count < Longest) _count++;
            var difference = distance - _mean;
            _mean += difference / _count;
            _squares += (difference * (distance - _mean) - _squares) / _count;
        }

        /// <summary>How many standard deviations a distance lies over the mean.</summary>
        public readonly double Deviation(double distance) =>
            _count < Warm || distance == _mean
                ? 0
                : Math.Clamp((distance - _mean) / Math.Sqrt(_squares), -LargestValueDeviation, LargestValueDeviation);

        /// <summary>The distance as a multiple of the mean.</summary>
        public readonly double Ratio(double distance) =>
            _count < Warm || distance == 0 ? 0 : Math.Min(distance / _mean, LargestPatternRatio);
    }
}
