using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>Finds out how a stream holds its series, and reads the rows.</summary>
internal static class SeriesRows
{
    private const int HeadBytes = 4096;
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The arrays of pairs in a JSON file; null for a CSV file.</summary>
    /// <param name="stream">Stands at its start.</param>
    /// <param name="place">What problems call it.</param>
    public static IReadOnlyList<SeriesPart>? Parts(Stream stream, SeriesPlace place) => Parts(Start(stream, place));

    /// <summary>The rows of a series, which must be the only one unless a part is given.</summary>
    /// <param name="stream">Stands at its start; can be sought unless it is CSV.</param>
    /// <param name="place">What problems call it.</param>
    /// <param name="options">How to read.</param>
    /// <param name="part">The array that holds the series, if it is known.</param>
    /// <param name="allowEmpty">Whether a series may have no rows, or none with a value.</param>
    public static IEnumerable<Point> Read(Stream stream, SeriesPlace place, SeriesOptions options, SeriesPart? part = null, bool allowEmpty = false)
    {
        var rows = Open(stream, place, options, part);
        var previous = DateTimeOffset.MinValue;
        var previousRow = 0L;
        var count = 0L;
        var anyValue = false;
        while (rows.TryRead(out var point))
        {
            if (point.At <= previous && count > 0 && !options.AllowDisorder) throw Disorder(rows, place, previous, previousRow, point.At);
            previous = point.At;
            previousRow = rows.Row;
            anyValue |= !double.IsNaN(point.Value);
            count++;
            yield return point;
        }
        if (allowEmpty || anyValue) yield break;
        throw count == 0
            ? NoPoints(place)
            : place.Problem(0, $"No value in the series: all {count} rows are without one.", "Null, NaN, none, n/a and nothing are missing values.",
                "Check the query or the column that the values come from.");
    }

    private static RowReader Open(Stream stream, SeriesPlace place, SeriesOptions options, SeriesPart? part)
    {
        if (part is null)
        {
            var source = Start(stream, place);
            var parts = Parts(source);
            if (parts is null) return new CsvRows(source, options.Column);
            if (parts.Count == 0) throw NoPoints(place);
            if (parts.Count > 1)
            {
                throw place.Problem(0, $"The file holds {parts.Count} series.", $"Such as {SeriesPlace.Excerpt(parts[0].Target)}.",
                    "Read the folder that holds it, which finds each of them.");
            }
            part = parts[0];
        }
        stream.Seek(part.Offset, SeekOrigin.Begin);
        return new PairRows(new JsonCursor(new ByteSource(stream, place, part.Offset, part.Line)), part);
    }

    // Looks without taking: in CSV a tab at the start is an empty field.
    private static IReadOnlyList<SeriesPart>? Parts(ByteSource source) =>
        source.Unread.TrimStart(" \t\r\n"u8) is [(byte)'[' or (byte)'{', ..] ? JsonParts.Find(new JsonCursor(source)) : null;

    // Refuses what is no text.
    private static ByteSource Start(Stream stream, SeriesPlace place)
    {
        var source = new ByteSource(stream, place);
        while (source.Unread.Length < HeadBytes && source.Fill()) { }
        var head = source.Unread[..Math.Min(source.Unread.Length, HeadBytes)];
        if (head.StartsWith(Utf8Mark))
        {
            source.Advance(Utf8Mark.Length);
            head = head[Utf8Mark.Length..];
        }
        if (head.IsEmpty) throw place.Problem(0, "The file is empty.", fix: "Remove it, or fill it again.");
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw place.Problem(0, "The file is in UTF-16.", "Series are read as UTF-8.", "Save it as UTF-8.");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            throw place.Problem(0, "The file is compressed with gzip.", fix: "Unpack it with gunzip first.");
        if (head.IndexOfAnyInRange((byte)0, (byte)8) is var at and >= 0)
        {
            throw place.Problem(0, "This is a binary file, not a series.", $"Byte {at} of it is 0x{head[at]:x2}.",
                "Move the file out of the folder, or export the series as CSV or JSON.");
        }
        return source;
    }

    private static ProblemException NoPoints(SeriesPlace place) => place.Problem(0, "The series has no points.", fix: "Remove the file, or fill it again.");

    private static ProblemException Disorder(RowReader rows, SeriesPlace place, DateTimeOffset previous, long previousRow, DateTimeOffset at)
    {
        var time = TimeText.Show(at);
        var what = at == previous
            ? $"The time {time} of {rows.Name(rows.Row)} is that of {rows.Name(previousRow)} already."
            : $"The time {time} of {rows.Name(rows.Row)} is before {TimeText.Show(previous)} of {rows.Name(previousRow)}.";
        var fix = at == previous ? "Remove one of the two" : "Sort the rows by time";
        return place.Problem(rows.Line, what, "The times of a series increase.",
            $"{fix}, or take rows as the unit with --rows (local times repeat when the clocks are set back).");
    }
}
