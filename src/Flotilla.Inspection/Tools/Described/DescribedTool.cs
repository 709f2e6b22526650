using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Described;

/// <summary>A program with a <see cref="ToolDescription"/>.</summary>
internal sealed class DescribedTool(ToolDescription description) : ProgramTool
{
    private readonly FilePattern[] _files = [.. description.Files.Select(pattern => new FilePattern(pattern))];

    public override string Name => description.Name;

    public override string Description => description.Description;

    public override bool RunsByDefault => description.RunsByDefault;

    public override string Install => description.Install;

    public override ToolScope Scope => description.Scope;

    protected override IReadOnlyList<string> Programs => description.Programs;

    protected override IReadOnlyList<string> VersionArguments => description.VersionArguments;

    public override bool Takes(SourceFile file) => description.Languages.Contains(file.Language, StringComparer.Ordinal) || _files.Any(pattern => pattern.Takes(file.Path));

    // A script of the project changes without a change of version.
    public override IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) =>
        [description.Path, .. description.Reads.Select(path => Path.GetFullPath(path, tree.Root)), .. description.Programs.Where(Path.IsPathRooted)];

    /// <summary>A program that tells no number has a version all the same: it is there.</summary>
    public override async Task<string?> FindVersionAsync(IMachine machine, CancellationToken cancellationToken)
    {
        foreach (var program in Programs)
        {
            var result = await machine.RunAsync(new Command(program, VersionArguments) { Environment = PlainEnvironment }, cancellationToken);
            if (result.ExitCode == 127) continue;
            var said = Regex.Match(result.Output + result.Error, @"\d+(?:\.\d+)+", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
            return said.Success ? said.Value : "unknown";
        }
        return null;
    }

    protected override IReadOnlyList<string> Arguments(ToolRun run) => description.Arguments;

    protected override Task<CommandResult> StartAsync(ToolRun run, IReadOnlyList<SourceFile> files, CancellationToken cancellationToken) =>
        base.StartAsync(run, description.PassFiles ? files : [], cancellationToken);

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths) => IsFailure(result) ? [] : description.Format switch
    {
        OutputFormat.Sarif => SarifReader.Read(Name, result.Output, paths, description.Code),
        OutputFormat.Json => FromJson(result.Output, paths),
        _ => FromLines(result, paths),
    };

    protected override string? Failed(CommandResult result) => IsFailure(result) ? $"exit code {result.ExitCode}: {(result.Error.Length > 0 ? result.Error : result.Output)}" : null;

    private bool IsFailure(CommandResult result) => description.Failed.Contains(result.ExitCode);

    private List<Finding> FromLines(CommandResult result, ToolPaths paths)
    {
        var (findings, others) = (new List<Finding>(), "");
        foreach (var line in (result.Output + (result.Output.EndsWith('\n') ? "" : "\n") + result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (description.Pattern!.Match(line.TrimEnd('\r')) is { Success: true } said) findings.Add(Finding(name => said.Groups[name] is { Success: true } group ? group.Value : null, paths));
            else if (others.Length == 0) others = line;
        }
        // A last line with a count is no finding; but one that says something is wrong, and not a line of it that is understood, is not understood.
        if (findings.Count == 0 && others.Length > 0 && result.ExitCode != 0) throw new FormatException($"It ended with {result.ExitCode}, and no line matches the pattern of {Path.GetFileName(description.Path)}:");
        return findings;
    }

    private List<Finding> FromJson(string output, ToolPaths paths)
    {
        if (string.IsNullOrWhiteSpace(output)) return [];
        using var json = JsonDocument.Parse(output);
        var list = JsonPointer.Find(json.RootElement, description.Findings) ?? throw new FormatException($"There is nothing at \"{description.Findings}\" in it:");
        if (list.ValueKind != JsonValueKind.Array) throw new FormatException($"What is at \"{description.Findings}\" is no list:");
        return [.. list.EnumerateArray().Select(item => Finding(name => description.Fields.TryGetValue(name, out var pointer) ? Text(JsonPointer.Find(item, pointer)) : null, paths))];
    }

    private static string? Text(JsonElement? value) => value is null or { ValueKind: JsonValueKind.Null } ? null : value.Value.ValueKind == JsonValueKind.String ? value.Value.GetString() : value.Value.GetRawText();

    private Finding Finding(Func<string, string?> field, ToolPaths paths)
    {
        var location = new FindingLocation(field("path") is { Length: > 0 } path ? paths.Of(path) : ".", Number("line"), Number("column")) { EndLine = Number("endline"), EndColumn = Number("endcolumn") };
        return new Finding(Name, field("code") is { Length: > 0 } code ? code : description.Code, field("message") ?? "", location) { Severity = SeverityOf(field("severity")) };

        int? Number(string name) => int.TryParse(field(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
    }

    private Severity SeverityOf(string? word) => word is null ? description.Severity
        : description.Severities.TryGetValue(word, out var severity) ? severity
        : word.ToUpperInvariant() switch
        {
            "ERROR" or "FATAL" or "CRITICAL" or "HIGH" => Severity.Error,
            "WARNING" or "WARN" or "MEDIUM" => Severity.Warning,
            "NOTE" or "INFO" or "STYLE" or "HINT" or "LOW" or "CONVENTION" or "REFACTOR" => Severity.Note,
            _ => description.Severity,
        };
}
