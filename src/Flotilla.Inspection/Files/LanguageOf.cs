namespace Flotilla.Inspection.Files;

/// <summary>Tells a file's language by its name, or by its first line where the name says nothing.</summary>
internal static class LanguageOf
{
    private static readonly Dictionary<string, string> BySuffix = new(StringComparer.OrdinalIgnoreCase)
    {
        [".py"] = Languages.Python,
        [".cs"] = Languages.CSharp,
        [".csproj"] = Languages.CSharp,
        [".sh"] = Languages.Shell,
        [".bash"] = Languages.Shell,
        [".dash"] = Languages.Shell,
        [".ksh"] = Languages.Shell,
        [".yaml"] = Languages.Yaml,
        [".yml"] = Languages.Yaml,
        [".dockerfile"] = Languages.Dockerfile,
    };

    private static readonly (string Interpreter, string Language)[] ByInterpreter =
    [
        ("python", Languages.Python), ("bash", Languages.Shell), ("dash", Languages.Shell), ("ksh", Languages.Shell), ("sh", Languages.Shell),
    ];

    /// <summary>What the name says; null when the content must be asked.</summary>
    public static string? Name(string path)
    {
        var name = Path.GetFileName(path);
        if (BySuffix.TryGetValue(Path.GetExtension(name), out var language)) return language;
        if (name is "Dockerfile" or "Containerfile" || name.StartsWith("Dockerfile.", StringComparison.Ordinal)) return Languages.Dockerfile;
        return null;
    }

    /// <summary>What the content says: the interpreter of a first line <c>#!</c>, else text; null for what is no text.</summary>
    public static string? Content(ReadOnlySpan<byte> head)
    {
        if (head.Contains((byte)0)) return null;
        if (!head.StartsWith("#!"u8)) return Languages.Text;
        var end = head.IndexOf((byte)'\n');
        var words = System.Text.Encoding.ASCII.GetString(end < 0 ? head[2..] : head[2..end])
            .Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        // "#!/usr/bin/env -S python3 -u" names python3.
        var program = words.Select(word => word[(word.LastIndexOf('/') + 1)..]).FirstOrDefault(word => word != "env" && !word.StartsWith('-')) ?? "";
        foreach (var (interpreter, language) in ByInterpreter)
            if (program.StartsWith(interpreter, StringComparison.Ordinal) && program[interpreter.Length..].All(c => char.IsAsciiDigit(c) || c == '.')) return language;
        return Languages.Text;
    }
}
