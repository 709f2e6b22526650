namespace Flotilla.Detection;

/// <summary>A recorded series, whole in memory.</summary>
/// <param name="Name">The file's name without its ending.</param>
/// <param name="Path">The file's path below the folder that was searched, with forward slashes; labels use it.</param>
/// <param name="Points">Every row of the file in its order; the value of a missing one is NaN. Positions in results count these from 0.</param>
public sealed record Series(string Name, string Path, IReadOnlyList<Point> Points)
{
    /// <summary>How many points have no value.</summary>
    public int Missing { get; } = Points.Count(point => double.IsNaN(point.Value));
}
