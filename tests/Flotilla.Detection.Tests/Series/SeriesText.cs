using System.Text;
using Flotilla.Core;

namespace Flotilla.Detection.Tests;

/// <summary>Reads series out of strings.</summary>
internal static class SeriesText
{
    public static Point[] Read(string content, string? column = null, bool allowDisorder = false, string file = "x") =>
        Read(Encoding.UTF8.GetBytes(content), column, allowDisorder, file);

    public static Point[] Read(byte[] content, string? column = null, bool allowDisorder = false, string file = "x")
    {
        using var stream = new MemoryStream(content);
        return [.. SeriesRows.Read(stream, new SeriesPlace(file), new SeriesOptions(column, allowDisorder))];
    }

    public static string Problem(string content, string? column = null, string file = "x") =>
        Should.Throw<ProblemException>(() => Read(content, column, file: file)).Message;

    public static Point At(double seconds, double value) => new(DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000)), value);

    public static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, styles: System.Globalization.DateTimeStyles.AssumeUniversal);
}
