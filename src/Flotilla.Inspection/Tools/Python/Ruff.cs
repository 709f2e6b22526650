using System.Text.Json;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>Many rules at once, by ruff, where it is installed.</summary>
internal sealed partial class Ruff : ProgramTool
{
    private static readonly string[] Own = ["ruff.toml", ".ruff.toml", "pyproject.toml"];

    public override string Name => "ruff";

    public override string Description => "many rules of other tools, quickly";

    public override bool RunsByDefault => false;

    public override string Install => "pip install ruff";

    public override bool Takes(SourceFile file) => file.Language == Languages.Python;

    public override IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) =>
        settings.ExternalConfiguration ? [.. ToolPaths.Above(tree, Languages.Python, Own), .. ToolPaths.OfUser([.. Own.Select(name => $"ruff/{name}")])] : [];

    protected override IReadOnlyList<string> Arguments(ToolRun run)
    {
        // Comments are understood for all tools in one place.
        var arguments = new List<string> { "check", "--output-format=json", "--no-cache", "--exit-zero", "--ignore-noqa" };
        if (!run.Settings.ExternalConfiguration) arguments.Add("--isolated");
        if (run.Settings.Enable.Count > 0) arguments.Add($"--select={string.Join(',', run.Settings.Enable)}");
        if (run.Settings.Disable.Count > 0) arguments.Add($"--ignore={string.Join(',', run.Settings.Disable)}");
        arguments.AddRange(OptionText.Flags(run.Settings.Options));
        arguments.Add("--");
        return arguments;
    }

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        if (result.ExitCode != 0) yield break;
        using var messages = JsonDocument.Parse(result.Output);
        foreach (var message in messages.RootElement.EnumerateArray())
        {
            var path = paths.Of(message.GetProperty("filename").GetString()!);
            var code = message.GetProperty("code").GetString();
            var (start, end) = (message.GetProperty("location"), message.GetProperty("end_location"));
            yield return new Finding(Name, code ?? "syntax-error", message.GetProperty("message").GetString()!,
                new FindingLocation(path, start.GetProperty("row").GetInt32(), start.GetProperty("column").GetInt32())
                {
                    EndLine = end.GetProperty("row").GetInt32(),
                    EndColumn = end.GetProperty("column").GetInt32(),
                    Module = PythonModule.Name(path),
                })
            {
                DocUrl = message.TryGetProperty("url", out var url) ? url.GetString() : null,
                IsFixable = message.TryGetProperty("fix", out var fix) && fix.ValueKind == JsonValueKind.Object,
                Severity = code is null ? Severity.Error : Severity.Warning,
            };
        }
    }

    protected override string? Failed(CommandResult result) => result.ExitCode == 0 ? null : result.Error;
}
