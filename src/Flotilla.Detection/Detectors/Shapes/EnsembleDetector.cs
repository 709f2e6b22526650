namespace Flotilla.Detection;

/// <summary>
/// The mean of what its members say, measured by its own history. A member's score s counts as s/(1+s), which is ½ at its limit
/// and under 1 for the largest, so that none decides alone; the mean m counts as m/(1−m), so that members that all say s
/// give s.
/// </summary>
internal sealed class EnsembleDetector(IReadOnlyList<IDetector> members, int agree, ScoreHistory history) : IDetector
{
    /// <summary>Less than this mean is never anomalous, however quiet the past: it is that of three in four members at their limits.</summary>
    public const double LeastLimit = 0.6;

    public Verdict Observe(Point point)
    {
        if (double.IsNaN(point.Value)) return default;

        double sum = 0;
        var judged = 0;
        var anomalous = 0;
        foreach (var member in members)
        {
            var verdict = member.Observe(point);
            if (verdict.Score > 0) judged++;
            if (verdict.IsAnomaly) anomalous++;
            sum += verdict.Score / (1 + verdict.Score);
        }
        if (Math.Abs(point.Value) > ShapeDetector.Largest) return history.IsWarm ? Verdict.FromScore(double.PositiveInfinity) : default;
        if (judged == 0) return default;

        var mean = Math.Min(sum / members.Count, 1 - 1e-15);
        var combined = Verdict.FromScore(history.Judge(mean / (1 - mean)));
        return combined with { IsAnomaly = combined.IsAnomaly && anomalous >= agree };
    }
}
