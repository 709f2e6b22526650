namespace Flotilla.Detection;

/// <summary>How unusual each value of a series is, in a unit of the algorithm's own; <see cref="ShapeDetector"/> makes verdicts of it.</summary>
internal interface IRawScore
{
    /// <summary>
    /// Takes the next finite value, and says how far it (or the window that it ends) is from what came before: 0 or more, and
    /// finite; NaN while too little is known.
    /// </summary>
    double Next(double value);
}
