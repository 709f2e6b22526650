namespace Flotilla.Detection;

/// <summary>An array of pairs in a JSON file.</summary>
/// <param name="Target">What the file calls the series; empty when it has no name for it.</param>
/// <param name="Offset">Where the array starts, in bytes.</param>
/// <param name="Line">The line in which it starts.</param>
/// <param name="TimeFirst">Whether pairs are <c>[time, value]</c> rather than <c>[value, time]</c>.</param>
/// <param name="IsWhole">Whether the array is the whole file.</param>
internal sealed record SeriesPart(string Target, long Offset, int Line, bool TimeFirst, bool IsWhole = false);
