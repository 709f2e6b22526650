namespace Flotilla.Detection;

/// <summary>Detectors of one series, of which so many must agree.</summary>
internal sealed class ConsensusDetector(IReadOnlyList<IDetector> detectors, int needed) : IDetector
{
    private readonly double[] _scores = new double[detectors.Count];

    public Verdict Observe(Point point)
    {
        if (double.IsNaN(point.Value)) return default;
        for (var i = 0; i < _scores.Length; i++)
        {
            var verdict = detectors[i].Observe(point);
            // One that a policy held back has no vote.
            _scores[i] = verdict.IsAnomaly ? verdict.Score : Math.Min(verdict.Score, 1);
        }
        return Consensus.Of(_scores, needed);
    }
}
