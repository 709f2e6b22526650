namespace Flotilla.Detection;

/// <summary>
/// What every chart does alike: a missing value is skipped; one that is infinite, or too large to be squared and summed, is
/// anomalous once warm and not learnt from.
/// </summary>
internal abstract class GuardedDetector : IDetector
{
    internal const double Largest = 1e150;

    protected abstract bool IsWarm { get; }

    public Verdict Observe(Point point)
    {
        if (double.IsNaN(point.Value)) return default;
        if (Math.Abs(point.Value) > Largest) return IsWarm ? Verdict.FromScore(double.PositiveInfinity) : default;
        return Judge(point.At, point.Value);
    }

    protected abstract Verdict Judge(DateTimeOffset at, double value);
}
