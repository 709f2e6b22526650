namespace Flotilla.Detection;

/// <summary>Fixed limits. The comparison decides; the score is held to its side of 1, which rounding could cross.</summary>
internal sealed class ThresholdDetector(double? above, double? below) : IDetector
{
    public Verdict Observe(Point point)
    {
        var value = point.Value;
        if (double.IsNaN(value)) return default;
        var anomalous = value > above || value < below;
        var score = Score(value);
        return Verdict.FromScore(anomalous ? Math.Max(score, Math.BitIncrement(1.0)) : Math.Min(score, 1));
    }

    private double Score(double value)
    {
        if (above is { } high && below is { } low && high > low)
        {
            var half = high / 2 - low / 2;
            return Math.Abs(value - (low + half)) / half;
        }
        return Math.Max(above is { } upper ? Past(value - upper, upper) : 0, below is { } lower ? Past(lower - value, lower) : 0);
    }

    private static double Past(double distance, double limit) => 1 + distance / (limit == 0 ? 1 : Math.Abs(limit));
}
