namespace Flotilla.Detection;

/// <summary>
/// SPOT, and with a depth DSPOT: the same on the distance from the mean of the last values that were normal. A value is judged
/// against both limits; the mean learns those that pass neither.
/// </summary>
internal sealed class SpotDetector(double risk, double quantile, int calibration, int depth, int relearn) : GuardedDetector, IBandDetector
{
    private readonly SpotTails _tails = new(risk, quantile, calibration, relearn);
    private readonly MovingMean? _recent = depth > 0 ? new MovingMean(depth) : null;

    public (double Low, double High)? Band { get; private set; }

    /// <summary>How many values the state holds.</summary>
    internal int Held => _tails.Held + depth;

    protected override bool IsWarm => _tails.IsWarm && _recent is null or { IsFull: true };

    protected override Verdict Judge(DateTimeOffset at, double value)
    {
        if (_recent is { IsFull: false })
        {
            _recent.Add(value);
            return default;
        }
        var mean = _recent?.Mean ?? 0;
        var verdict = Verdict.FromScore(_tails.Observe(value - mean, mean));
        Band = _tails.Band is { } band ? (band.Low + mean, band.High + mean) : null;
        if (!verdict.IsAnomaly) _recent?.Add(value);
        else if (!_tails.IsWarm && _recent is not null)
        {
            // The level has moved. The last distances are from the old mean, and say nothing of those from the new one.
            _recent.Clear();
            _tails.StartWith([]);
        }
        return verdict;
    }
}
