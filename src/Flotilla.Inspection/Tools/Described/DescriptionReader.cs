using System.Globalization;
using System.Text.RegularExpressions;
using Flotilla.Core;
using Flotilla.Inspection.Profiles;

namespace Flotilla.Inspection.Tools.Described;

/// <summary>Reads the file of a <see cref="ToolDescription"/> and tells all mistakes at once.</summary>
internal sealed class DescriptionReader(string path, string? root)
{
    public static readonly string[] FieldNames = ["path", "line", "column", "endline", "endcolumn", "code", "message", "severity"];

    private static readonly string[] Keys =
    [
        "name", "description", "program", "arguments", "version", "install", "files", "languages", "language", "scope", "pass-files", "reads", "pattern", "format", "findings", "fields",
        "code", "severity", "severities", "failed", "default",
    ];

    private static readonly string[] LanguageNames = [Inspection.Files.Languages.Python, Inspection.Files.Languages.CSharp, Inspection.Files.Languages.Shell, Inspection.Files.Languages.Yaml, Inspection.Files.Languages.Dockerfile, Inspection.Files.Languages.Text];

    // A pattern may be any; a line it takes too long over is the tool's failure, not a hang.
    private static readonly TimeSpan PatternTime = TimeSpan.FromSeconds(2);

    private readonly string _shown = root is null ? Path.GetFileName(path) : Path.GetRelativePath(root, path);
    private readonly string _root = Path.GetFullPath(root ?? Path.GetDirectoryName(Path.GetFullPath(path))!);
    private readonly List<Problem> _problems = [];

    public ToolDescription Read()
    {
        var file = SafeYaml.Load(path, _shown, BoundedText.Read(path, _shown)) ?? new ProfileNode(1, 1) { Entries = [] };
        if (file.Entries is null) throw new ProblemException(At(file, "The description is no mapping.", $"It is {file.Kind}.", "Write \"name: …\" and the other keys."));
        foreach (var entry in file.Entries)
            if (!Keys.Contains(entry.Key, StringComparer.Ordinal)) _problems.Add(At(entry.KeyNode, $"A tool's description has no key \"{entry.Key}\".", null, Suggestion.Sentence(entry.Key, Keys)));
        var name = Text(file, "name") ?? "";
        if (file["name"] is null) _problems.Add(At(file, "The tool has no name.", null, "Write \"name: …\": what profiles and --tool call it."));
        else if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) _problems.Add(At(file["name"]!, $"\"{name}\" is no name for a tool.", null, "Use letters, digits, hyphens, dots and underscores."));
        var languages = List(file, "languages") ?? List(file, "language") ?? [];
        foreach (var (node, language) in Nodes(file["languages"] ?? file["language"]))
            if (!LanguageNames.Contains(language, StringComparer.Ordinal)) _problems.Add(At(node, $"There is no language \"{language}\".", null, Suggestion.Sentence(language, LanguageNames)));
        var files = List(file, "files") ?? [];
        if (files.Count + languages.Count == 0) _problems.Add(At(file, "The tool takes no files.", null, "Write \"files: [\"*.md\"]\" or \"languages: [python]\"."));
        var format = Choice(file, "format", OutputFormat.Lines, ("lines", OutputFormat.Lines), ("json", OutputFormat.Json), ("sarif", OutputFormat.Sarif));
        var description = new ToolDescription
        {
            Name = name,
            Path = Path.GetFullPath(path),
            Description = Text(file, "description") ?? $"what {name} finds",
            Programs = [.. (List(file, "program") ?? [name]).Select(program => program.Contains('/') ? Path.GetFullPath(program, _root) : program)],
            Arguments = List(file, "arguments") ?? [],
            VersionArguments = List(file, "version") ?? ["--version"],
            Install = Text(file, "install") ?? $"Install {name}.",
            Files = files,
            Languages = languages,
            Scope = Choice(file, "scope", ToolScope.File, ("file", ToolScope.File), ("project", ToolScope.Project)),
            PassFiles = Truth(file, "pass-files", true),
            Reads = List(file, "reads") ?? [],
            Format = format,
            Pattern = Pattern(file, format),
            Findings = Pointer(file["findings"]),
            Fields = Fields(file, format),
            Code = Text(file, "code") ?? "finding",
            Severity = Choice(file, "severity", Severity.Warning, ("error", Severity.Error), ("warning", Severity.Warning), ("note", Severity.Note)),
            Severities = Severities(file),
            Failed = Numbers(file, "failed"),
            RunsByDefault = Truth(file, "default", false),
        };
        return _problems.Count > 0 ? throw new ProblemException(_problems) : description;
    }

    private Regex? Pattern(ProfileNode file, OutputFormat format)
    {
        if (file["pattern"] is not { } node)
        {
            if (format == OutputFormat.Lines) _problems.Add(At(file, "The tool's findings cannot be read.", "There is neither a pattern nor another format.", "Write \"pattern: '^(?<path>.+?):(?<line>\\d+): (?<message>.+)$'\", or \"format: sarif\"."));
            return null;
        }
        if (format != OutputFormat.Lines) _problems.Add(At(node, "A pattern is for lines.", "The format is another.", "Remove one of the two."));
        try
        {
            // Names alone are groups, so that parentheses cost nothing.
            var pattern = new Regex(node.Text, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, PatternTime);
            foreach (var group in pattern.GetGroupNames().Where(group => group != "0" && !FieldNames.Contains(group, StringComparer.Ordinal)))
                _problems.Add(At(node, $"The pattern's group \"{group}\" means nothing.", null, Suggestion.Sentence(group, FieldNames)));
            if (!pattern.GetGroupNames().Contains("message", StringComparer.Ordinal)) _problems.Add(At(node, "The pattern has no group \"message\".", null, "Write (?<message>.+) where the program's words stand."));
            return pattern;
        }
        catch (ArgumentException wrong)
        {
            _problems.Add(At(node, "The pattern is no regular expression.", Sentence(wrong.Message), "Mend it; in YAML, single quotes keep backslashes."));
            return null;
        }
    }

    private SortedDictionary<string, string> Fields(ProfileNode file, OutputFormat format)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (file["fields"] is { } node)
        {
            if (format != OutputFormat.Json) _problems.Add(At(node, "Fields are for JSON.", "The format is another.", "Write \"format: json\"."));
            foreach (var entry in node.Entries ?? [])
                if (FieldNames.Contains(entry.Key, StringComparer.Ordinal)) fields[entry.Key] = Pointer(entry.Value);
                else _problems.Add(At(entry.KeyNode, $"The field \"{entry.Key}\" means nothing.", null, Suggestion.Sentence(entry.Key, FieldNames)));
        }
        if (format == OutputFormat.Json && !fields.ContainsKey("message")) _problems.Add(At(file["fields"] ?? file, "The field \"message\" is not told.", null, "Write \"fields: {message: /message, path: /file, line: /line}\"."));
        return fields;
    }

    private SortedDictionary<string, Severity> Severities(ProfileNode file)
    {
        var severities = new SortedDictionary<string, Severity>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in file["severities"]?.Entries ?? [])
            if (entry.Value.Text is "error" or "warning" or "note") severities[entry.Key] = Enum.Parse<Severity>(entry.Value.Text, ignoreCase: true);
            else _problems.Add(At(entry.Value, $"\"{entry.Value.Text}\" is no severity.", null, Suggestion.Sentence(entry.Value.Text, ["error", "warning", "note"])));
        if (file["severities"] is { Entries: null } wrong) _problems.Add(At(wrong, "\"severities\" is no mapping.", $"It is {wrong.Kind}.", "Write \"severities: {E: error}\"."));
        return severities;
    }

    private string Pointer(ProfileNode? node)
    {
        if (node is null) return "";
        if (node.Text.Length > 0 && !node.Text.StartsWith('/')) _problems.Add(At(node, $"\"{node.Text}\" is no pointer.", "A pointer begins with \"/\" (RFC 6901).", $"Write \"/{node.Text}\"."));
        return node.Text;
    }

    private List<int> Numbers(ProfileNode file, string key)
    {
        var numbers = new List<int>();
        foreach (var (node, text) in Nodes(file[key]))
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 256) numbers.Add(number);
            else _problems.Add(At(node, $"\"{text}\" is no exit code.", null, "Write numbers from 1 to 255."));
        return numbers;
    }

    private T Choice<T>(ProfileNode file, string key, T fallback, params (string Word, T Value)[] choices)
    {
        if (file[key] is not { } node) return fallback;
        foreach (var (word, value) in choices)
            if (word == node.Text) return value;
        _problems.Add(At(node, $"\"{key}\" cannot be {node.Kind}.", null, Suggestion.Sentence(node.Text, [.. choices.Select(choice => choice.Word)])));
        return fallback;
    }

    private bool Truth(ProfileNode file, string key, bool fallback)
    {
        if (file[key] is not { } node) return fallback;
        if (node.Scalar is bool truth) return truth;
        _problems.Add(At(node, $"\"{key}\" cannot be {node.Kind}.", null, "Write true or false."));
        return fallback;
    }

    private string? Text(ProfileNode file, string key)
    {
        if (file[key] is not { } node) return null;
        if (node.Items is null && node.Entries is null && node.Text.Length > 0) return node.Text;
        _problems.Add(At(node, $"\"{key}\" is no text.", $"It is {node.Kind}.", "Write words, in quotes where they hold \": \" or \"#\"."));
        return null;
    }

    private IReadOnlyList<string>? List(ProfileNode file, string key)
    {
        if (file[key] is not { } node) return null;
        if (node.Entries is null && (node.Items ?? [node]).All(item => item.Items is null && item.Entries is null)) return [.. Nodes(node).Select(item => item.Text)];
        _problems.Add(At(node, $"\"{key}\" is no list of words.", $"It is {node.Kind}.", "Write [\"one\", \"two\"]."));
        return null;
    }

    private static IEnumerable<(ProfileNode Node, string Text)> Nodes(ProfileNode? node) => node is null || node.Entries is not null ? [] : (node.Items ?? [node]).Select(item => (item, item.Text));

    private Problem At(ProfileNode node, string what, string? why, string fix) => new(what, new SourceLocation(path, node.Line) { Column = node.Column, Shown = _shown }, why, fix);

    private static string Sentence(string text) => text.TrimEnd('.') + ".";
}
