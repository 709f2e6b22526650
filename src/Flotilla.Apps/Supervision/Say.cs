using System.Globalization;

namespace Flotilla.Apps;

/// <summary>Words for people.</summary>
internal static class Say
{
    /// <summary><c>0.35 s</c>, <c>12.4 s</c>, <c>3 min 20 s</c>, <c>2 h 5 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
        _ => $"{time.Days} d {time.Hours} h",
    };

    /// <summary>How a run ended by itself: <c>exit code 3 after 12.4 s; last line: …</c></summary>
    public static string Exit(InstanceExit exit, TimeSpan ran, string? lastLine) =>
        lastLine is null ? $"{exit} after {Duration(ran)}" : $"{exit} after {Duration(ran)}; last line: {Short(lastLine)}";

    private static string Short(string line)
    {
        const int LengthMax = 200;
        var trimmed = line.Trim();
        return trimmed.Length <= LengthMax ? trimmed : string.Concat(trimmed.AsSpan(0, LengthMax), "…");
    }
}
