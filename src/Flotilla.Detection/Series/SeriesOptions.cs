namespace Flotilla.Detection;

/// <summary>How series are read from files.</summary>
/// <param name="Column">
/// The column of a CSV file that holds the values: its name in the header, else its number counted from 1. Null takes the only
/// column of numbers beside the time. Other formats have no columns and pay no heed to it.
/// </param>
/// <param name="AllowDisorder">
/// Takes times that repeat or go back as they are: rows are the unit then, and detectors get them in the order of the file. Local
/// times repeat when the clocks are set back.
/// </param>
public sealed record SeriesOptions(string? Column = null, bool AllowDisorder = false);
