using System.Text.RegularExpressions;
using Flotilla.Core;
using Flotilla.Inspection.Profiles;

namespace Flotilla.Inspection.Blending;

/// <summary>Which names of different tools mean one defect: the table of <c>defects.yaml</c>, and what users add to it.</summary>
public sealed partial class DefectNames
{
    private static readonly Lazy<IReadOnlyList<Defect>> BuiltInRows = new(() => Parse(Resources.Text("defects.yaml"), new SourceLocation("defects.yaml", 0)));

    private readonly Dictionary<(string Tool, string Code), List<int>> _rows = [];

    private DefectNames(IReadOnlyList<Defect> defects)
    {
        Defects = defects;
        for (var row = 0; row < defects.Count; row++)
            foreach (var name in defects[row].Names)
            {
                if (!_rows.TryGetValue(name, out var rows)) _rows[name] = rows = [];
                rows.Add(row);
            }
    }

    /// <summary>The table that comes with Flotilla.</summary>
    public static DefectNames BuiltIn { get; } = new(BuiltInRows.Value);

    /// <summary>Every row, in order of precedence.</summary>
    public IReadOnlyList<Defect> Defects { get; }

    /// <summary>The table with the rows of a YAML file before it; the rows have the form of <c>defects.yaml</c>.</summary>
    /// <exception cref="ProblemException">A row is not of that form.</exception>
    public DefectNames With(string yaml, SourceLocation file) => new([.. Parse(yaml, file), .. Defects]);

    /// <summary>The rows that a name stands in.</summary>
    internal IReadOnlyList<int> Rows(string tool, string code) => _rows.GetValueOrDefault(Origin(tool, code)) ?? [];

    /// <summary>Whether two names are one defect's.</summary>
    internal bool Same((string Tool, string Code) a, (string Tool, string Code) b)
    {
        (a, b) = (Origin(a.Tool, a.Code), Origin(b.Tool, b.Code));
        return a == b || Rows(a.Tool, a.Code).Intersect(Rows(b.Tool, b.Code)).Any();
    }

    /// <summary>Every other name of a code, whichever tool says it, as <c>tool code</c> pairs.</summary>
    public IEnumerable<(Defect Defect, (string Tool, string Code) Name)> Known(string code) =>
        from defect in Defects
        from name in defect.Names
        where string.Equals(name.Code, code, StringComparison.OrdinalIgnoreCase) || string.Equals(PylintCode(name.Code), code, StringComparison.OrdinalIgnoreCase)
        select (defect, name);

    /// <summary>pylint's words for one of its numbers; the number itself when it is unknown.</summary>
    public static string PylintSymbol(string number) => PylintCodes.Symbols.GetValueOrDefault(number, number);

    /// <summary>pylint's number for one of its words; null when it is unknown.</summary>
    public static string? PylintCode(string symbol) => PylintCodes.Numbers.GetValueOrDefault(symbol);

    /// <summary>
    /// The tool whose rule another took over with its number: ruff's F, E, W, N, D, C901, S and PL rules are those of pyflakes, pycodestyle, pep8-naming,
    /// pydocstyle, mccabe, bandit and pylint (docs.astral.sh/ruff/rules). Other names are their own.
    /// </summary>
    internal static (string Tool, string Code) Origin(string tool, string code)
    {
        if (tool == "pylint" && PylintNumber().IsMatch(code)) return (tool, PylintSymbol(code));
        if (tool != "ruff") return (tool, code);
        if (code == "C901") return ("mccabe", "MC0001");
        if (RuffNumber().Match(code) is not { Success: true } number) return (tool, code);
        var digits = number.Groups["digits"].Value;
        return number.Groups["letters"].Value switch
        {
            "F" => ("pyflakes", code),
            "E" or "W" or "N" => ("pycodestyle", code),
            "D" => ("pydocstyle", code),
            "S" => ("bandit", "B" + digits),
            var letters => ("pylint", PylintSymbol(letters[^1] + digits)),
        };
    }

    private static List<Defect> Parse(string yaml, SourceLocation file)
    {
        if (SafeYaml.Load(file.File, file.Shown ?? file.File, yaml) is not { } table) return [];
        return table.Items is { } rows ? [.. rows.Select(Row)] : throw Wrong(table, "The table of defects is no list.");

        Defect Row(ProfileNode row)
        {
            if (row.Entries is null) throw Wrong(row, "A defect is no mapping.");
            if (row.Entries.FirstOrDefault(entry => entry.Key is not ("defect" or "in" or "names")) is { } unknown) throw Wrong(unknown.KeyNode, $"A defect has no key \"{unknown.Key}\".");
            if (row["in"] is { Text: not "file" } place) throw Wrong(place, "\"in\" says something else than \"file\".");
            if (row["defect"] is not { Text.Length: > 0 } what || row["names"] is not { Items: { Count: > 0 } names }) throw Wrong(row, "A defect has no name or no words.");
            return new Defect(what.Text, [.. names.Select(Name)], row["in"] is not null);
        }

        (string, string) Name(ProfileNode name) => name.Text.Split(' ') is [var tool, var code] ? (tool, code) : throw Wrong(name, "A name is not \"tool code\".");

        ProblemException Wrong(ProfileNode node, string what) => new(new Problem(what, file with { Line = node.Line, Column = node.Column },
            Fix: "Write \"- {defect: unused import, names: [pylint unused-import, mytool X1]}\"."));
    }

    [GeneratedRegex(@"^(?<letters>F|E|W|N|D|S|PL[CERW])(?<digits>\d{3,4})$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex RuffNumber();

    [GeneratedRegex(@"^[A-Z]\d{4}$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex PylintNumber();
}

/// <summary>A row of the table.</summary>
/// <param name="What">The defect in words.</param>
/// <param name="Names">Who calls it what; the first that was reported is kept.</param>
/// <param name="AnywhereInFile">Whether the names mean one defect wherever they stand in a file.</param>
public sealed record Defect(string What, IReadOnlyList<(string Tool, string Code)> Names, bool AnywhereInFile);
