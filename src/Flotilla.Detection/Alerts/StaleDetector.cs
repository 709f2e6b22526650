namespace Flotilla.Detection;

/// <summary>See <see cref="DetectorPolicies.UnlessStale"/>.</summary>
internal sealed class StaleDetector(IDetector inner, TimeProvider clock, TimeSpan age) : IDetector
{
    public Verdict Observe(Point point)
    {
        var verdict = inner.Observe(point);
        return clock.GetUtcNow() - point.At > age ? default : verdict;
    }
}
