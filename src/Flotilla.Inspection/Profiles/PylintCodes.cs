namespace Flotilla.Inspection.Profiles;

/// <summary>The numbers of pylint's messages and their symbols, as pylint 2.16 lists them (<c>pylint --list-msgs</c>).</summary>
internal static class PylintCodes
{
    /// <summary>Symbol by number.</summary>
    public static readonly IReadOnlyDictionary<string, string> Symbols =
        Resources.Text("pylint-codes.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(row => row.Split(' '))
            .ToDictionary(row => row[0], row => row[1], StringComparer.Ordinal);

    /// <summary>Number by symbol.</summary>
    public static readonly IReadOnlyDictionary<string, string> Numbers = Symbols.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
}
