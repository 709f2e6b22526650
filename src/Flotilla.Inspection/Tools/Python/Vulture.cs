using System.Globalization;
using System.Text.RegularExpressions;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>Code that nothing in the project uses, by vulture. What it says of imports and classes is left to better tools, as in Prospector.</summary>
internal sealed partial class Vulture : ProgramTool
{
    public override string Name => "vulture";

    public override string Description => "code that nothing uses";

    public override bool RunsByDefault => false;

    public override string Install => "apt install vulture, or pip install vulture";

    public override ToolScope Scope => ToolScope.Project;

    public override bool Takes(SourceFile file) => file.Language == Languages.Python;

    public override IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) => [Path.Combine(tree.Root, "pyproject.toml")];

    protected override IReadOnlyList<string> Arguments(ToolRun run) =>
        [.. OptionText.Flags(run.Settings.Options.Where(option => option.Key is "min-confidence" or "ignore-names" or "ignore-decorators")
            .Select(option => KeyValuePair.Create(option.Key, (object?)OptionText.Of(option.Value))))];

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        foreach (var printed in (result.Output + "\n" + result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (paths.Split(printed) is not var (path, line, text)) continue;
            text = text.Trim();
            var location = new FindingLocation(path, line) { Module = PythonModule.Name(path) };
            if (Unused().Match(text) is { Success: true } unused)
            {
                if (unused.Groups["kind"].Value is "import" or "class") continue;
                yield return new Finding(Name, $"unused-{unused.Groups["kind"].Value}", text, location)
                {
                    Severity = int.Parse(unused.Groups["sure"].Value, CultureInfo.InvariantCulture) == 100 ? Severity.Warning : Severity.Note,
                };
            }
            else if (text.StartsWith("unreachable code", StringComparison.Ordinal) || text.StartsWith("unsatisfiable", StringComparison.Ordinal))
                yield return new Finding(Name, "unreachable-code", text, location);
            else yield return new Finding(Name, "V000", text, location) { Severity = Severity.Error };
        }
    }

    // 1 is a file that it could not read, 3 what it found; 2 is a use that it did not understand.
    protected override string? Failed(CommandResult result) => result.ExitCode is 0 or 1 or 3 ? null : result.Error;

    [GeneratedRegex(@"^unused (?<kind>\w+) '.*' \((?<sure>\d+)% confidence", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Unused();
}
