using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;

namespace Flotilla.Inspection.Tools.Python;

/// <summary>
/// Modules that import each other while they are imported. pylint's own message names other cycles from run to run; these are the same for the same
/// files. An import inside a function, the usual cure, makes no cycle.
/// </summary>
internal sealed class ImportCycles : ITool
{
    public const string ToolName = "imports";
    public const string Code = "cyclic-import";

    public string Name => ToolName;

    public string Description => "modules that import each other";

    public bool RunsByDefault => true;

    public string Install => "It is part of Flotilla.";

    public ToolScope Scope => ToolScope.Project;

    public bool Takes(SourceFile file) => file.Language == Languages.Python;

    public Task<string?> FindVersionAsync(IMachine machine, CancellationToken cancellationToken) => Task.FromResult<string?>(BuiltIn.Name);

    public IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) => [];

    public Task<ToolOutcome> RunAsync(ToolRun run, CancellationToken cancellationToken)
    {
        var imports = run.Files.ToDictionary(file => file.Path, file => PythonImports.Of(new PythonSource(FileText.Of(file.FullPath))), StringComparer.Ordinal);
        return Task.FromResult(new ToolOutcome([.. new ImportGraph(imports).Cycles().Select(Finding)]));
    }

    private Finding Finding(IReadOnlyList<ImportEdge> cycle) => new(Name, Code,
        $"Cyclic import ({string.Join(" -> ", cycle.Select(edge => PythonModule.Name(edge.From)).Append(PythonModule.Name(cycle[0].From)))})",
        new FindingLocation(cycle[0].From, cycle[0].Line, 1) { Module = PythonModule.Name(cycle[0].From) });
}
