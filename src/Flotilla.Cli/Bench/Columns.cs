using Flotilla.Console;

namespace Flotilla.Cli.Bench;

/// <summary>A table whose first column is names and whose others are numbers, flush right.</summary>
internal static class Columns
{
    public static void Print(Terminal terminal, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<IReadOnlyList<string>> all = [columns, .. rows];
        int[] widths = [.. columns.Select((_, at) => all.Max(row => row[at].Length))];
        // The last column may be words, and has nothing to its right to be flush with.
        List<IReadOnlyList<string>> aligned = [.. all.Select(row => (IReadOnlyList<string>)[.. row.Select((cell, at) => at == 0 || !IsNumeric(at) ? cell : cell.PadLeft(widths[at]))])];
        terminal.Table(aligned[0], aligned.Skip(1));

        bool IsNumeric(int at) => all.Skip(1).All(row => row[at] is "" or "-" || char.IsAsciiDigit(row[at].TrimStart('-') is { Length: > 0 } text ? text[0] : ' '));
    }
}
