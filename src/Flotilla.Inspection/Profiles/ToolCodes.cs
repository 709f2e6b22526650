namespace Flotilla.Inspection.Profiles;

/// <summary>One name for each code, so that a child can enable by one name what a parent disabled by another.</summary>
internal static class ToolCodes
{
    // Prospector's own codes for pyflakes before it took those of flake8.
    private static readonly Dictionary<string, string> Pyflakes = new(StringComparer.Ordinal)
    {
        ["FL0001"] = "F401", ["FL0002"] = "F811", ["FL0003"] = "F812", ["FL0004"] = "F402", ["FL0005"] = "F403", ["FL0006"] = "F821",
        ["FL0008"] = "F822", ["FL0009"] = "F823", ["FL0010"] = "F831", ["FL0011"] = "F810", ["FL0012"] = "F404", ["FL0013"] = "F841",
    };

    // Symbols that pylint renamed one to one, and the numbers that went with them or were given anew. E1103 stays as it is: it was
    // a part of what E1101 is now, and a profile that disables the part does not mean the whole.
    private static readonly Dictionary<string, string> PylintRenamed = new(StringComparer.Ordinal)
    {
        ["blacklisted-name"] = "disallowed-name", ["C0102"] = "disallowed-name",
        ["broad-except"] = "broad-exception-caught", ["W0703"] = "broad-exception-caught",
        ["len-as-condition"] = "use-implicit-booleaness-not-len", ["C1801"] = "use-implicit-booleaness-not-len",
        ["useless-super-delegation"] = "useless-parent-delegation", ["W0235"] = "useless-parent-delegation",
        ["implicit-str-concat-in-sequence"] = "implicit-str-concat", ["W1403"] = "implicit-str-concat",
        ["lru-cache-decorating-method"] = "method-cache-max-size-none", ["W1516"] = "method-cache-max-size-none",
        ["bad-exception-context"] = "bad-exception-cause", ["E0703"] = "bad-exception-cause",
        ["W1111"] = "assignment-from-none", ["W0234"] = "non-iterator-returned", ["W0402"] = "deprecated-module",
        ["W0132"] = "empty-docstring", ["W0154"] = "unidiomatic-typecheck", ["C0144"] = "non-ascii-name", ["E0234"] = "non-iterator-returned",
        ["F0401"] = "import-error", ["W0633"] = "unpacking-non-sequence", ["E0632"] = "unbalanced-tuple-unpacking", ["R0101"] = "too-many-nested-blocks",
        ["R0102"] = "simplifiable-if-statement", ["W1505"] = "deprecated-method", ["W1511"] = "deprecated-argument",
        ["W1512"] = "deprecated-class", ["W1513"] = "deprecated-decorator",
        ["C0111"] = Docstrings,
    };

    private const string Docstrings = "missing-docstring";
    private static readonly string[] DocstringParts = ["missing-class-docstring", "missing-function-docstring", "missing-module-docstring"];

    /// <summary>The name that is used now; the same one when it is current or unknown.</summary>
    public static string Current(string tool, string code) => tool switch
    {
        "pyflakes" => Pyflakes.GetValueOrDefault(code, code),
        "pylint" => PylintRenamed.GetValueOrDefault(code) ?? PylintCodes.Symbols.GetValueOrDefault(code, code),
        _ => code,
    };

    /// <summary>Codes without others. Pylint's <c>missing-docstring</c> is three codes in one: taking away one leaves two.</summary>
    public static IEnumerable<string> Without(string tool, IReadOnlyList<string> codes, IReadOnlyList<string> others)
    {
        if (others.Count == 0) return codes;
        var away = others.SelectMany(code => Parts(tool, code)).ToHashSet(StringComparer.Ordinal);
        return codes.SelectMany(code => Parts(tool, code).Any(away.Contains) ? Parts(tool, code).Where(part => !away.Contains(part)) : [code]);
    }

    /// <summary>Sorted, each once, and no part beside its whole.</summary>
    public static IReadOnlyList<string> Joined(string tool, IEnumerable<string> codes)
    {
        var joined = new SortedSet<string>(codes, StringComparer.Ordinal);
        if (tool != "pylint") return [.. joined];
        if (DocstringParts.All(joined.Contains)) joined.Add(Docstrings);
        if (joined.Contains(Docstrings)) joined.ExceptWith(DocstringParts);
        return [.. joined];
    }

    private static IEnumerable<string> Parts(string tool, string code) => tool == "pylint" && code == Docstrings ? DocstringParts : [code];
}
