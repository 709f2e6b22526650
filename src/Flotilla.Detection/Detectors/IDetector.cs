namespace Flotilla.Detection;

/// <summary>
/// An algorithm that judges a series point by point. It holds the state of one series, so every series has its own; the same
/// object serves a replay of recorded data and live data. One caller at a time.
/// </summary>
public interface IDetector
{
    /// <summary>
    /// Takes the next point and judges it against what came before it. A point whose value is NaN is skipped: the verdict is
    /// the default one and the state does not change.
    /// </summary>
    Verdict Observe(Point point);
}
