namespace Flotilla.Detection;

internal static class Scales
{
    // Differences of this size relative to the level are what adding and subtracting decimal fractions leaves behind.
    private const double Rounding = 1e-12;

    /// <summary>A scale that is neither under its floor nor within the rounding of the level.</summary>
    public static double Floored(double scale, double floor, double level) =>
        Math.Max(Math.Max(scale, floor), Rounding * Math.Abs(level));

    /// <summary>The value, but no further from the level than the reach: what a deviation may learn of an outlier.</summary>
    public static double Held(double value, double level, double reach) => Math.Clamp(value, level - reach, level + reach);
}
