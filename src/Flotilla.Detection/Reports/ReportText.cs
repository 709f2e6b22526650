using System.Globalization;

namespace Flotilla.Detection.Reports;

/// <summary>Numbers, times and durations as people read them, the same in every country.</summary>
internal static class ReportText
{
    private const string None = "–";

    /// <summary>A time in UTC; fractions of a second only where there are any.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString(
        at.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>A measured value with at most seven significant digits.</summary>
    public static string Value(double value) =>
        double.IsNaN(value) ? "missing" : double.IsInfinity(value) ? (value > 0 ? "∞" : "−∞") : value.ToString("G7", CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>A count with separators.</summary>
    public static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count with its noun: "1 event", "2 events".</summary>
    public static string Count(int count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>A score with so many decimals; a dash for none.</summary>
    public static string Number(double? number, string format) =>
        number is { } value ? value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−') : None;

    /// <summary>A duration in its two largest units.</summary>
    public static string Duration(double? seconds)
    {
        if (seconds is not { } all) return None;
        if (all > 0 && all < 0.9995) return all < 0.001 ? "under 1 ms" : $"{Math.Round(1000 * all).ToString(CultureInfo.InvariantCulture)} ms";
        if (all < 59.5) return $"{all.ToString(all == Math.Floor(all) ? "0" : "0.00", CultureInfo.InvariantCulture)} s";
        var minutes = (long)Math.Round(all / 60);
        var hours = (long)Math.Round(all / 3600);
        return minutes < 60 ? $"{minutes} min"
            : hours < 48 ? Two(minutes / 60, "h", minutes % 60, "min")
            : Two(hours / 24, "d", hours % 24, "h");
    }

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
