using System.Globalization;
using System.Text.RegularExpressions;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>Types, by mypy. Its codes are those in brackets; a remark that explains an error is part of it.</summary>
internal sealed partial class Mypy : ProgramTool
{
    private static readonly string[] Own = ["mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"];

    public override string Name => "mypy";

    public override string Description => "types";

    public override bool RunsByDefault => false;

    public override string Install => "apt install mypy, or pip install mypy";

    public override ToolScope Scope => ToolScope.Project;

    public override bool Takes(SourceFile file) => file.Language == Languages.Python;

    public override IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) =>
        settings.ExternalConfiguration ? [.. Own.Select(name => Path.Combine(tree.Root, name)), .. ToolPaths.AboveRoot(tree, Own), .. ToolPaths.OfUser(["mypy/config"], ".mypy.ini", ".config/mypy/config")] : [];

    protected override IReadOnlyList<string> Arguments(ToolRun run)
    {
        var arguments = new List<string>
        {
            "--show-column-numbers", "--show-error-codes", "--no-error-summary", "--no-color-output", "--no-pretty", "--show-absolute-path", "--cache-dir=/dev/null",
        };
        if (!run.Settings.ExternalConfiguration) arguments.Add("--config-file=");
        arguments.AddRange(OptionText.Flags(run.Settings.Options));
        arguments.Add("--");
        return arguments;
    }

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        Finding? last = null;
        foreach (var printed in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (paths.Split(printed) is not var (path, line, rest) || Said().Match(rest) is not { Success: true } said) continue;
            var text = said.Groups["text"].Value.Trim();
            if (said.Groups["severity"].Value == "note" && last is not null && last.Location.Path == path && last.Location.Line == line)
            {
                last = last with { Message = $"{last.Message} ({text})" };
                continue;
            }
            if (last is not null) yield return last;
            var column = said.Groups["column"] is { Success: true } digits ? int.Parse(digits.Value, CultureInfo.InvariantCulture) : (int?)null;
            last = new Finding(Name, said.Groups["code"] is { Success: true } code ? code.Value : said.Groups["severity"].Value, text,
                new FindingLocation(path, line, column) { Module = PythonModule.Name(path) })
            {
                Severity = said.Groups["severity"].Value switch { "error" => Severity.Error, "warning" => Severity.Warning, _ => Severity.Note },
            };
        }
        if (last is not null) yield return last;
    }

    // 2 is a use that mypy did not understand, or a file that it cannot read at all: then a finding says so.
    protected override string? Failed(CommandResult result) =>
        result.ExitCode >= 2 && !result.Output.Contains(": error:", StringComparison.Ordinal) ? result.Error + result.Output : null;

    [GeneratedRegex(@"^(?:(?<column>\d+): )?\s*(?<severity>error|note|warning): (?<text>.*?)(?:  \[(?<code>[\w-]+)\])?$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Said();
}
