namespace Flotilla.Detection;

/// <summary>See <see cref="DetectorPolicies.SecondOrder"/>.</summary>
internal sealed class SecondOrderDetector(IDetector inner, int history) : IDetector
{
    public const int FewestRemembered = 12;
    public const int MostRemembered = 1_000_000;

    private const double Sigmas = 3;
    private static readonly TimeSpan SameTrigger = TimeSpan.FromSeconds(300);

    // Times between anomalies in seconds, the oldest first.
    private readonly Queue<double> _intervals = new();
    private Point? _last;

    public Verdict Observe(Point point)
    {
        var verdict = inner.Observe(point);
        if (!verdict.IsAnomaly || Surfaces(point)) return verdict;
        return verdict with { IsAnomaly = false };
    }

    private bool Surfaces(Point point)
    {
        if (_last is not { } last)
        {
            _last = point;
            return true;
        }
        if (point.Value == last.Value && point.At - last.At <= SameTrigger) return false;
        _last = point;
        // So many anomalies have one interval fewer between them.
        if (_intervals.Count == history - 1) _intervals.Dequeue();
        var newest = (point.At - last.At).TotalSeconds;
        _intervals.Enqueue(newest);
        if (_intervals.Count < 2) return false;
        var mean = _intervals.Average();
        var deviation = Math.Sqrt(_intervals.Sum(interval => (interval - mean) * (interval - mean)) / (_intervals.Count - 1));
        return Math.Abs(newest - mean) > Sigmas * deviation;
    }
}
