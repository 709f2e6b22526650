using System.Globalization;
using System.Text;
using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>What the columns of a CSV file are.</summary>
/// <param name="Separator">What stands between them.</param>
/// <param name="Columns">How many there are.</param>
/// <param name="Time">Which one holds the times, from 0.</param>
/// <param name="Value">Which one holds the values, from 0.</param>
/// <param name="HasHeader">Whether the first row names them.</param>
internal sealed record CsvLayout(byte Separator, int Columns, int Time, int Value, bool HasHeader)
{
    private const double PlausibleSeconds = 1e8;
    private const int ListedMax = 20;
    private static readonly string[] TimeNames = ["time", "timestamp", "date", "datetime", "ts", "_time", "epoch", "unix", "unixtime"];

    /// <summary>Decides by the first rows of the file.</summary>
    /// <param name="head">The first rows that are not blank; at least one.</param>
    /// <param name="column">The column of values: its name, else its number from 1; null for the only one.</param>
    /// <param name="place">The file.</param>
    public static CsvLayout Of(IReadOnlyList<CsvRecord> head, string? column, SeriesPlace place)
    {
        var candidates = ",;\t"u8.ToArray().Select(separator => new Split(head, separator)).ToArray();
        // The first of the best: a decimal comma may look like a separator, with a small number as the time behind it.
        var best = candidates.MaxBy(candidate => candidate.TimeRank)!;
        if (best.TimeRank > 0) return Of(best, column, head[0].Line, place);
        if (head.Count == 1 && candidates.Any(candidate => candidate.Rows[0] is { Length: > 1 } names && names.Any(IsTimeName)))
            throw place.Problem(0, "The series has no points.", "There is a row of names and nothing more.", "Remove the file, or fill it again.");
        var shown = head[^1].Line > head[0].Line ? head[1] : head[0];
        throw place.NotASeries(shown.Line, "a time and a number in each row, such as 2015-09-16 17:45:00,3.5 or 1442425500,3.5", SeriesPlace.Excerpt(shown.Text));
    }

    private static CsvLayout Of(Split split, string? column, int line, SeriesPlace place)
    {
        var (rows, time) = (split.Rows, split.Time);
        var hasHeader = split.Data != rows[0] && rows[0].Length > 1 && time < rows[0].Length && IsName(rows[0][time]);
        var names = hasHeader ? rows[0] : [];
        var columns = time < rows[0].Length && rows[0].Length > 1 ? rows[0].Length : split.Data.Length;
        var others = Enumerable.Range(0, columns).Where(i => i != time).ToArray();
        var value = column is null
            ? ValueColumn(others, rows.Skip(hasHeader ? 1 : 0), names, line, place)
            : Chosen(column, columns, time, others, names, line, place);
        return new CsvLayout(split.Separator, columns, time, value, hasHeader);
    }

    // A date beats a number, a number in a column that is named as a time beats others, one that may be of our days beats a small one.
    private static int RankAsTime(string field, string name)
    {
        var text = Encoding.UTF8.GetBytes(field);
        if (TimeText.Read(text, out _) == TimeKind.Other) return 0;
        if (!NumberText.TryParse(text, out var number)) return 4;
        if (IsTimeName(name)) return 3;
        return number >= PlausibleSeconds ? 2 : 1;
    }

    private static bool IsTimeName(string name) => TimeNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    // A broken time in the first row is no header: it says so when it is read.
    private static bool IsName(string text) =>
        TimeText.Read(Encoding.UTF8.GetBytes(text), out _) == TimeKind.Other && (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] == '-'));

    private static int ValueColumn(int[] others, IEnumerable<string[]> rows, string[] names, int line, SeriesPlace place)
    {
        if (others.Length == 1) return others[0];
        var kinds = others.ToDictionary(column => column, column => rows.Where(row => column < row.Length)
            .Select(row => NumberText.Read(Encoding.UTF8.GetBytes(row[column]), out _)).ToArray());
        var numbers = others.Where(column => kinds[column].Count(kind => kind is ValueKind.Number or ValueKind.Infinite) is var found and > 0
            && found > kinds[column].Count(kind => kind == ValueKind.Other)).ToArray();
        if (numbers.Length == 0) numbers = [.. others.Where(column => kinds[column].All(kind => kind == ValueKind.Missing))];
        if (numbers.Length == 1) return numbers[0];
        throw numbers.Length == 0
            ? place.Problem(line, "No column has numbers beside the time.", $"The columns are {List(others, names)}.", "Add a column with the values.")
            : place.Problem(line, $"{numbers.Length} columns have numbers: {List(numbers, names)}.", "A series has one value in a row.",
                $"Choose one, such as --column {Reference(numbers[0], names)}.");
    }

    private static int Chosen(string column, int columns, int time, int[] others, string[] names, int line, SeriesPlace place)
    {
        var index = Array.IndexOf(names, column);
        if (index < 0 && int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) index = number - 1;
        if (index == time)
            throw place.Problem(line, $"The column {SeriesPlace.Excerpt(column)} holds the times.", fix: $"Choose one of {List(others, names)}.");
        if (index >= 0 && index < columns) return index;
        var near = names.Length > 0 && Suggestion.For(column, others.Select(i => names[i])) is { } name ? $"Did you mean \"{name}\"?" : $"Choose one of {List(others, names)}.";
        throw place.Problem(line, $"There is no column {SeriesPlace.Excerpt(column)}.", fix: near);
    }

    private static string List(int[] columns, string[] names)
    {
        var all = columns.Take(ListedMax).Select(column => Label(column, names)).ToArray();
        return columns.Length > ListedMax ? $"{string.Join(", ", all)} and {columns.Length - ListedMax} more"
            : all.Length < 2 ? string.Join("", all)
            : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }

    private static string Label(int column, string[] names) => HasName(column, names) ? SeriesPlace.Excerpt(names[column]) : $"column {column + 1}";

    private static string Reference(int column, string[] names) =>
        !HasName(column, names) ? $"{column + 1}" : names[column].Any(c => !char.IsLetterOrDigit(c) && c is not ('_' or '-' or '.')) ? $"'{names[column]}'" : names[column];

    private static bool HasName(int column, string[] names) => column < names.Length && names[column].Length > 0;

    private static string[] Fields(CsvRecord record, byte separator)
    {
        var fields = new List<string>();
        var rest = new CsvFields(record.Text, separator);
        while (rest.TryTake(out var field)) fields.Add(Encoding.UTF8.GetString(field).Replace("\"\"", "\""));
        return [.. fields];
    }

    // The first rows as one separator splits them.
    private sealed class Split
    {
        public Split(IReadOnlyList<CsvRecord> head, byte separator)
        {
            Separator = separator;
            Rows = [.. head.Select(record => Fields(record, separator))];
            // The second row is the first that is surely not a header; the first one is left where the second is broken.
            foreach (var row in Rows.Take(2).Reverse().Where(row => row.Length > 1))
            {
                var ranks = row.Select((field, i) => RankAsTime(field, i < Rows[0].Length ? Rows[0][i] : "")).ToArray();
                if (ranks.Max() == 0) continue;
                (Data, TimeRank) = (row, ranks.Max());
                Time = Array.IndexOf(ranks, TimeRank);
                break;
            }
        }

        public byte Separator { get; }

        public string[][] Rows { get; }

        /// <summary>The row that decides which column holds the times.</summary>
        public string[] Data { get; } = [];

        public int Time { get; }

        /// <summary>How surely; 0 when none does.</summary>
        public int TimeRank { get; }
    }
}

/// <summary>A row of a CSV file as it stands, and the line in which it starts.</summary>
internal sealed record CsvRecord(byte[] Text, int Line);
