using System.Globalization;
using System.Text.RegularExpressions;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Yaml;

/// <summary>YAML, by yamllint.</summary>
internal sealed partial class Yamllint : ProgramTool
{
    private static readonly string[] Quiet = ["--no-warnings"];
    private static readonly string[] Own = [".yamllint", ".yamllint.yaml", ".yamllint.yml"];

    public override string Name => "yamllint";

    public override string Description => "mistakes and layout of YAML";

    public override string Install => "apt install yamllint, or pip install yamllint";

    public override bool Takes(SourceFile file) => file.Language == Languages.Yaml;

    public override IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) =>
        settings.ExternalConfiguration ? [.. Own.Select(name => Path.Combine(tree.Root, name))] : [];

    // "relaxed" is yamllint's own lenient set: layout is a warning, and long lines too.
    protected override IReadOnlyList<string> Arguments(ToolRun run) =>
        [.. run.Settings.Options.GetValueOrDefault("level") is "error" ? Quiet : [], .. Rules(run)];

    private static string[] Rules(ToolRun run) =>
        run.Settings.ExternalConfiguration && Own.Any(name => File.Exists(Path.Combine(run.Tree.Root, name)))
            ? ["-f", "parsable", "--"]
            : ["-f", "parsable", "-d", run.Settings.Options.GetValueOrDefault("preset") as string ?? "relaxed", "--"];

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        foreach (var printed in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (paths.Split(printed) is not var (path, line, rest) || Said().Match(rest) is not { Success: true } said)
                throw new FormatException($"\"{printed}\" is not path:line:column: [level] text (rule).");
            yield return new Finding(Name, said.Groups["rule"] is { Success: true } rule ? rule.Value : "syntax", said.Groups["text"].Value,
                new FindingLocation(path, line, int.Parse(said.Groups["column"].Value, CultureInfo.InvariantCulture)))
            {
                Severity = said.Groups["level"].Value == "error" ? Severity.Error : Severity.Note,
            };
        }
    }

    // -1 and above 2 are its own troubles, such as a configuration that it cannot read.
    protected override string? Failed(CommandResult result) => result.ExitCode > 2 ? result.Error : null;

    [GeneratedRegex(@"^(?<column>\d+): \[(?<level>\w+)\] (?<text>.*?)(?: \((?<rule>[\w-]+)\))?$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Said();
}
