namespace Flotilla.Detection.Reports;

/// <summary>What can be chosen about a report.</summary>
public sealed record ReportOptions
{
    /// <summary>The heading of the page and the name of its tab.</summary>
    public string Title { get; init; } = "Detection bench";

    /// <summary>
    /// How many points of one series go into the page. Of a longer one, the least and the greatest of equally many rows each are
    /// kept, and every anomaly and every edge of a label beside them, so that a few more can remain; the page says so. At least 100.
    /// </summary>
    public int PointsPerSeriesMax
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 100);
            field = value;
        }
    } = 200_000;
}
