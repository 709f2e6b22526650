using System.Text.Json;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Shell;

/// <summary>Shell scripts, by shellcheck. It reads its own comments, of which it does not tell.</summary>
internal sealed partial class Shellcheck : ProgramTool
{
    public override string Name => "shellcheck";

    public override string Description => "mistakes in shell scripts";

    public override string Install => "apt install shellcheck";

    public override bool Takes(SourceFile file) => file.Language == Languages.Shell;

    public override IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) =>
        settings.ExternalConfiguration ? [.. ToolPaths.Above(tree, Languages.Shell, ".shellcheckrc", "shellcheckrc"), .. ToolPaths.OfUser(["shellcheckrc"], ".shellcheckrc")] : [];

    protected override IReadOnlyList<string> Arguments(ToolRun run)
    {
        var arguments = new List<string> { "-f", "json1" };
        if (!run.Settings.ExternalConfiguration) arguments.Add("--norc");
        if (run.Settings.Disable.Count > 0) arguments.Add($"--exclude={string.Join(',', run.Settings.Disable)}");
        if (run.Settings.Enable.Count > 0) arguments.Add($"--enable={string.Join(',', run.Settings.Enable)}");
        foreach (var option in (string[])["severity", "shell"])
            if (run.Settings.Options.GetValueOrDefault(option) is string value) arguments.Add($"--{option}={value}");
        arguments.Add("--");
        return arguments;
    }

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        if (result.ExitCode >= 3) yield break;
        using var report = JsonDocument.Parse(result.Output);
        foreach (var comment in report.RootElement.GetProperty("comments").EnumerateArray())
        {
            var code = $"SC{comment.GetProperty("code").GetInt32()}";
            yield return new Finding(Name, code, comment.GetProperty("message").GetString()!,
                new FindingLocation(paths.Of(comment.GetProperty("file").GetString()!), comment.GetProperty("line").GetInt32(), comment.GetProperty("column").GetInt32())
                {
                    EndLine = comment.GetProperty("endLine").GetInt32(),
                    EndColumn = comment.GetProperty("endColumn").GetInt32(),
                })
            {
                DocUrl = $"https://www.shellcheck.net/wiki/{code}",
                IsFixable = comment.GetProperty("fix").ValueKind == JsonValueKind.Object,
                Severity = comment.GetProperty("level").GetString() switch { "error" => Severity.Error, "warning" => Severity.Warning, _ => Severity.Note },
            };
        }
    }

    // 2 is a file that could not be read; the others were looked at.
    protected override string? Failed(CommandResult result) => result.ExitCode >= 2 ? result.Error : null;
}
