namespace Flotilla.Detection;

/// <summary>See <see cref="DetectorPolicies.UnlessBoring"/>.</summary>
internal sealed class BoredomDetector(IDetector inner, int points, int distinct) : IDetector
{
    public const int MostPoints = 1_000_000;

    private readonly Queue<double> _values = new();
    private readonly Dictionary<double, int> _counts = [];

    public Verdict Observe(Point point)
    {
        if (double.IsNaN(point.Value)) return default;
        var verdict = inner.Observe(point);
        if (_values.Count == points) Leave(_values.Dequeue());
        _values.Enqueue(point.Value);
        _counts[point.Value] = _counts.GetValueOrDefault(point.Value) + 1;
        return _counts.Count <= distinct ? default : verdict;
    }

    private void Leave(double value)
    {
        if (--_counts[value] == 0) _counts.Remove(value);
    }
}
