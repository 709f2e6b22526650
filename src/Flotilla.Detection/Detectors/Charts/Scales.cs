namespace Flotilla.Detection;

internal static class Scales
{
    // Differences of this size relative to the level are what adding and subtracting decimal fractions leaves behind.
    private const double Rounding = 1e-12;

    /// <summary>A scale that is neither under its floor nor within the rounding of the level.</summary>
    public static double Floored(double scale, double floor, double level) =>
        Math.Max(Math.Max(scale, floor), Rounding * Math.Abs(level));

    /// <summary>
    /// The value, but no further from the level than so many scales: what a deviation may learn of an outlier. The scale is the
    /// one from before the value, for one that has the value in it grows with it; only where there was none before must it do.
    /// </summary>
    public static double Held(double value, double level, double scales, double before, double with)
    {
        var reach = scales * (before > 0 ? before : with);
        return Math.Clamp(value, level - reach, level + reach);
    }
}
