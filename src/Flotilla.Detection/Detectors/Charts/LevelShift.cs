namespace Flotilla.Detection;

/// <summary>
/// Tells a new level from a few outliers: a count that an anomalous point raises by 1 and a normal one lowers by 1/16. When it
/// reaches the limit, what the detector takes for normal is no longer so, and it must learn anew; that happens when anomalies
/// follow each other, and also when they stay more frequent than one in seventeen.
/// </summary>
internal sealed class LevelShift(int limit)
{
    private const double Forgiveness = 1.0 / 16;

    private double _count;

    /// <summary>Whether nothing is suspected.</summary>
    public bool IsCalm => _count <= 0;

    public void Calm() => _count = 0;

    /// <summary>True at the point where the detector must learn anew; the count then starts over.</summary>
    public bool Observe(bool anomalous)
    {
        _count = anomalous ? _count + 1 : Math.Max(0, _count - Forgiveness);
        if (_count < limit) return false;
        _count = 0;
        return true;
    }
}
