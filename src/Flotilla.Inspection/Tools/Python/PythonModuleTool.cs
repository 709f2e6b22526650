using System.Text.Json;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>
/// A tool that is a module of Python, driven by a few lines of Python beside this class: they take files on standard input, so that their number
/// does not matter, and print one JSON object a finding. The module is looked for in the interpreters that the installed tools name, then in python3.
/// </summary>
internal abstract class PythonModuleTool : ProgramTool
{
    private static readonly string Prelude = Driver("prelude");

    private string? _interpreter;

    /// <summary>The module to import.</summary>
    protected virtual string Module => Name;

    protected override IReadOnlyList<string> Programs => [_interpreter ?? "python3"];

    public override IReadOnlyList<string> Candidates => ["python3", .. Interpreters.Tools];

    public override bool Takes(SourceFile file) => file.Language == Languages.Python;

    /// <summary>What the driver is told.</summary>
    protected virtual IReadOnlyList<string> DriverArguments(ToolRun run) => [];

    protected sealed override IReadOnlyList<string> Arguments(ToolRun run) => ["-c", Prelude + Driver(Name), .. DriverArguments(run)];

    public override async Task<string?> FindVersionAsync(IMachine machine, CancellationToken cancellationToken)
    {
        foreach (var interpreter in Interpreters.Candidates())
        {
            var result = await machine.RunAsync(new Command(interpreter,
                ["-c", $"import sys\nsys.path[:] = [p for p in sys.path if p]\nimport {Module}\nprint(getattr({Module}, '__version__', 'installed'))"]) { Environment = PlainEnvironment }, cancellationToken);
            if (!result.Succeeded) continue;
            _interpreter = interpreter;
            return result.Output.Trim();
        }
        return null;
    }

    protected override async Task<CommandResult> StartAsync(ToolRun run, IReadOnlyList<SourceFile> files, CancellationToken cancellationToken)
    {
        // The version may have come from a cache.
        if (_interpreter is null && await FindVersionAsync(run.Machine, cancellationToken) is null) return new CommandResult(127, "", $"no interpreter of Python has the module {Module}.");
        return await run.Machine.RunAsync(new Command(_interpreter!, Arguments(run), Input: string.Join('\0', files.Select(file => file.Path)),
            Timeout: run.Timeout, Environment: PlainEnvironment, WorkingDirectory: run.Tree.Root) { OutputMax = OutputMax }, cancellationToken);
    }

    protected override string? Failed(CommandResult result) => result.ExitCode == 0 ? null : $"exit code {result.ExitCode}: {result.Error}";

    protected override IEnumerable<Finding> Parse(CommandResult result, ToolPaths paths)
    {
        foreach (var line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var said = JsonDocument.Parse(line);
            var finding = said.RootElement;
            var location = new FindingLocation(paths.Of(finding.GetProperty("path").GetString()!), Number("line"), Number("column"))
            {
                Function = finding.TryGetProperty("function", out var function) ? function.GetString() : null,
                Module = PythonModule.Name(paths.Of(finding.GetProperty("path").GetString()!)),
            };
            if (Finding(finding.GetProperty("code").GetString()!, finding.GetProperty("message").GetString()!, location) is { } named) yield return named;

            int? Number(string name) => finding.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetInt32() : null;
        }
    }

    /// <summary>The finding as the tool's users know it; null to leave it out.</summary>
    protected virtual Finding? Finding(string code, string message, FindingLocation location) => new(Name, code, message, location);

    private static string Driver(string name) => Resources.Text($"drivers/{name}.py");
}
