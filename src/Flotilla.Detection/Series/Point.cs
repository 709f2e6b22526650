namespace Flotilla.Detection;

/// <summary>One sample of a series.</summary>
/// <param name="At">When the value held. Detectors take points in the order of their arrival.</param>
/// <param name="Value">The value in the unit of the series; NaN means that it is missing.</param>
public readonly record struct Point(DateTimeOffset At, double Value);
