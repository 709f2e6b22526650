namespace Flotilla.Detection;

/// <summary>A series that a server gave.</summary>
/// <param name="Name">What the server calls it: Graphite's target, or the metric as Prometheus writes it, <c>name{label="value"}</c>.</param>
/// <param name="Points">In order of time; a missing value is NaN.</param>
public sealed record GrabbedSeries(string Name, IReadOnlyList<Point> Points);
