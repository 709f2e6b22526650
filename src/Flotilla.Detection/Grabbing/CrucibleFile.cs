using System.Globalization;
using System.Text;

namespace Flotilla.Detection;

/// <summary>Writes a series in Crucible's form.</summary>
internal static class CrucibleFile
{
    public const int NameBytesMax = 200;
    private const string Ending = ".json";

    /// <summary>The file's name for a series, which is not taken yet.</summary>
    public static string NameFor(string series, UniqueNames taken)
    {
        var name = new StringBuilder();
        foreach (var rune in series.EnumerateRunes())
        {
            var safe = Rune.IsLetterOrDigit(rune) || rune.Value is '.' or '-' or '=' or ',' or '+' or '@' or '%' or '~';
            if (safe) name.Append(rune.ToString());
            else if (name.Length == 0 || name[^1] != '_') name.Append('_');
        }
        var stem = name.ToString().Trim('_');
        if (stem.Length == 0) stem = "series";
        if (SeriesFolder.IsLeftOut(stem + Ending)) stem = "_" + stem;
        return taken.Take(Shorten(stem, ""), Shorten) + Ending;
    }

    /// <summary>Replaces the file in one step.</summary>
    public static void Write(string path, IReadOnlyList<Point> points)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Environment.ProcessId}");
        try
        {
            using (var writer = new StreamWriter(temporary, append: false, new UTF8Encoding(false))) Write(writer, points);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes <c>[[unix seconds, value or null], …]</c>, one pair a line.</summary>
    /// <exception cref="ArgumentException">A value is infinite: JSON has no word for it.</exception>
    public static void Write(TextWriter writer, IReadOnlyList<Point> points)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (double.IsInfinity(points[i].Value)) throw new ArgumentException($"The value at {points[i].At:O} is infinite. Leave it out, or write NaN for a missing value.", nameof(points));
            writer.Write(i == 0 ? "[" : ",\n");
            writer.Write('[');
            writer.Write(Seconds(points[i].At));
            writer.Write(',');
            writer.Write(double.IsNaN(points[i].Value) ? "null" : points[i].Value.ToString("R", CultureInfo.InvariantCulture));
            writer.Write(']');
        }
        writer.Write(points.Count == 0 ? "[]\n" : "]\n");
    }

    // Unix seconds with as many digits as the time has.
    private static string Seconds(DateTimeOffset at)
    {
        var ticks = at.UtcTicks - DateTime.UnixEpoch.Ticks;
        return (ticks / (decimal)TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture);
    }

    private static string Shorten(string stem, string ending)
    {
        var room = NameBytesMax - Ending.Length - ending.Length;
        var bytes = 0;
        var length = 0;
        foreach (var rune in stem.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > room) break;
            length += rune.Utf16SequenceLength;
        }
        return stem[..length] + ending;
    }
}
