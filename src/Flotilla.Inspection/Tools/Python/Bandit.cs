using System.Text.Json;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>Security smells, by bandit.</summary>
internal sealed class Bandit : ProgramTool
{
    public override string Name => "bandit";

    public override string Description => "security smells";

    public override bool RunsByDefault => false;

    public override string Install => "apt install bandit, or pip install bandit";

    public override bool Takes(SourceFile file) => file.Language == Languages.Python;

    public override IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) =>
        settings.Options.GetValueOrDefault("config") is string configuration ? [Path.GetFullPath(configuration, tree.Root)] : [];

    // Its comment "# nosec" is understood for all tools in one place.
    protected override IReadOnlyList<string> Arguments(ToolRun run)
    {
        var arguments = new List<string> { "-q", "-f", "json", "--ignore-nosec" };
        if (run.Settings.Options.GetValueOrDefault("config") is string configuration) arguments.AddRange(["-c", configuration]);
        if (run.Settings.Options.GetValueOrDefault("profile") is string profile) arguments.AddRange(["-p", profile]);
        // 0 to 2: low, medium and high, as in Prospector; -l, -ll and -lll for bandit.
        if (OptionText.Number(run.Settings, "severity") is >= 0 and <= 2 and var severity) arguments.Add("-" + new string('l', severity + 1));
        if (OptionText.Number(run.Settings, "confidence") is >= 0 and <= 2 and var confidence) arguments.Add("-" + new string('i', confidence + 1));
        if (run.Settings.Disable.Count > 0) arguments.AddRange(["-s", string.Join(',', run.Settings.Disable)]);
        return arguments;
    }

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        if (string.IsNullOrWhiteSpace(result.Output)) yield break;
        using var report = JsonDocument.Parse(result.Output[Math.Max(0, result.Output.IndexOf('{'))..]);
        foreach (var error in report.RootElement.GetProperty("errors").EnumerateArray())
            yield return new Finding(Name, "B000", error.GetProperty("reason").GetString()!, new FindingLocation(paths.Of(error.GetProperty("filename").GetString()!), 1)) { Severity = Severity.Error };
        foreach (var found in report.RootElement.GetProperty("results").EnumerateArray())
        {
            var path = paths.Of(found.GetProperty("filename").GetString()!);
            var range = found.GetProperty("line_range").EnumerateArray().Select(line => line.GetInt32()).ToList();
            yield return new Finding(Name, found.GetProperty("test_id").GetString()!, found.GetProperty("issue_text").GetString()!,
                new FindingLocation(path, found.GetProperty("line_number").GetInt32())
                {
                    EndLine = range.Count > 0 ? range.Max() : null,
                    Module = PythonModule.Name(path),
                })
            {
                DocUrl = found.TryGetProperty("more_info", out var page) ? page.GetString() : null,
                Severity = found.GetProperty("issue_severity").GetString() switch { "HIGH" => Severity.Error, "MEDIUM" => Severity.Warning, _ => Severity.Note },
            };
        }
    }

    // 1 is findings.
    protected override string? Failed(CommandResult result) => result.ExitCode > 1 ? result.Error : null;
}
