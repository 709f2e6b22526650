namespace Flotilla.Detection;

/// <summary>See <see cref="DetectorPolicies.Silenced"/>.</summary>
internal sealed class SilencedDetector(IDetector inner, long rows, double threshold) : IDetector
{
    private long _silent;

    public Verdict Observe(Point point)
    {
        if (double.IsNaN(point.Value)) return default;
        var verdict = inner.Observe(point);
        var over = verdict.Score > threshold;
        // The comparison decides; the score is held to its side of 1, which rounding could cross.
        var score = over ? Math.Max(Math.Min(verdict.Score / threshold, double.MaxValue), Math.BitIncrement(1.0)) : Math.Min(verdict.Score / threshold, 1);
        var heldBack = verdict is { IsAnomaly: false, Score: > 1 };
        if (_silent > 0)
        {
            _silent--;
            return new(false, score);
        }
        if (!over || heldBack) return new(false, score);
        _silent = rows;
        return new(true, score);
    }
}
