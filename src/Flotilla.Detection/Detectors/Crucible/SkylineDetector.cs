namespace Flotilla.Detection;

/// <summary>The nine algorithms over one window that they share, and their vote.</summary>
internal sealed class SkylineDetector(int consensus, int warmUp, double windowHours) : IDetector
{
    /// <summary>How many algorithms there are.</summary>
    public const int Algorithms = 9;

    private readonly CrucibleWindow _window = new(windowHours, CrucibleParts.All, Detectors.Decay(Detectors.UsualCenterOfMass));
    private int _hint;

    public Verdict Observe(Point point)
    {
        if (double.IsNaN(point.Value)) return default;
        if (Math.Abs(point.Value) > CrucibleWindow.LargestValue)
            return _window.Count >= warmUp ? Verdict.FromScore(double.PositiveInfinity) : default;
        _window.Add(point.At, point.Value);
        if (_window.Count < warmUp) return default;

        Span<double> scores =
        [
            CrucibleRules.FirstHourAverage(_window, Detectors.UsualSigmas).Score,
            CrucibleRules.MeanSubtractionCumulation(_window, Detectors.UsualSigmas).Score,
            CrucibleRules.StdDevFromAverage(_window, Detectors.UsualSigmas).Score,
            CrucibleRules.StdDevFromMovingAverage(_window, Detectors.UsualSigmas).Score,
            CrucibleRules.LeastSquares(_window, Detectors.UsualSigmas).Score,
            CrucibleRules.Grubbs(_window).Score,
            CrucibleRules.HistogramBins(_window, Detectors.UsualBins, Detectors.UsualMost).Score,
            CrucibleRules.MedianAbsoluteDeviation(_window, Detectors.UsualMads, ref _hint).Score,
            CrucibleRules.KsTest(_window).Score,
        ];
        return Consensus.Of(scores, consensus);
    }
}
