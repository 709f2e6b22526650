namespace Flotilla.Detection.Bench;

/// <summary>The alerts of a whole corpus, summed up.</summary>
/// <param name="windows">How many windows there are to be found.</param>
internal sealed class AlertTally(int windows)
{
    /// <summary>How many windows there are to be found.</summary>
    public int Windows { get; } = windows;

    /// <summary>How many of them have no alert.</summary>
    public int Missed { get; set; } = windows;

    /// <summary>The worth of the earliest alert of each window.</summary>
    public double Best { get; set; }

    /// <summary>The worth of the alerts outside, not positive.</summary>
    public double Outside { get; set; }

    /// <summary>How many alerts begin outside.</summary>
    public int False { get; set; }

    /// <summary>
    /// How many alerts far from every window no lower threshold can take back: the alerts are as many as fit with the silence
    /// between them, so that in a stretch of rows more points over the threshold never make fewer, but for the first of them.
    /// </summary>
    public int LastingFarOut { get; set; }
}
