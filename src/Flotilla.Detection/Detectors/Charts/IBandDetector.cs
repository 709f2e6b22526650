namespace Flotilla.Detection;

/// <summary>A detector that can say between which values a point would have been normal; reports draw it as a band.</summary>
public interface IBandDetector : IDetector
{
    /// <summary>
    /// The band that held for the last point with a value, in the unit of the series: set from what came before that point. Null
    /// while the detector cannot judge.
    /// </summary>
    (double Low, double High)? Band { get; }
}
