using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.CSharp.Real;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.CSharp;

/// <summary>
/// The C# compiler, the analysers that projects refer to, packs of analysers asked for, and complexity measures.
/// </summary>
/// <remarks>
/// Projects are asked for their compiler arguments by a design-time build, which evaluates their MSBuild and runs no target
/// beyond; they are compiled in memory, and analysed in this process, where analysers stay loaded. The inspected code is never
/// run, and neither are analysers or generators that the inspected solution itself builds, unless the option
/// <c>run-project-analyzers</c> says so.
/// </remarks>
/// <param name="cacheFolder">Where answers of design-time builds are kept for other processes; null keeps them in memory only.</param>
internal sealed class RoslynTool(string? cacheFolder = null) : ITool, IInstalled
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string?> _versions = new(StringComparer.Ordinal);
    private readonly Inspections _inspections = new(cacheFolder);

    /// <inheritdoc/>
    public string Name => "roslyn";

    /// <inheritdoc/>
    public IReadOnlyList<string> Candidates => ["dotnet"];

    /// <inheritdoc/>
    public string Description => "the C# compiler, the project's analysers, and complexity";

    /// <inheritdoc/>
    public bool RunsByDefault => true;

    /// <inheritdoc/>
    public string Install => "install the .NET SDK";

    /// <inheritdoc/>
    public ToolScope Scope => ToolScope.Project;

    /// <inheritdoc/>
    public bool Takes(SourceFile file) => file.Language == Languages.CSharp
        && (file.Path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) || file.Path.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public async Task<string?> FindVersionAsync(IMachine machine, CancellationToken cancellationToken) =>
        await FindSdkAsync(machine, null, cancellationToken) is { } sdk
            ? $"{typeof(Microsoft.CodeAnalysis.CSharp.CSharpCompilation).Assembly.GetName().Version!.ToString(3)} (SDK {sdk})"
            : null;

    /// <inheritdoc/>
    public IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings)
    {
        var reads = new SortedSet<string>(StringComparer.Ordinal);
        var projects = Inspections.Projects(tree.Of(Languages.CSharp));
        var roslyn = typeof(Microsoft.CodeAnalysis.Compilation).Assembly.GetName().Version!;
        var wrong = new List<Problem>();
        reads.UnionWith(AnalyzerPacks.Find(RoslynOptions.From(settings, wrong).Packs, AnalyzerPacks.PackagesFolder, roslyn, wrong));
        foreach (var outside in projects.SelectMany(ProjectInputs.ReferencedProjects).Distinct(StringComparer.Ordinal).Where(File.Exists).Except(projects, StringComparer.Ordinal))
        {
            reads.UnionWith(ProjectInputs.MSBuildFiles(outside));
            reads.UnionWith(ProjectInputs.Sources(outside));
        }
        foreach (var project in projects)
        {
            reads.UnionWith(ProjectInputs.MSBuildFiles(project));
            reads.UnionWith(ProjectInputs.ConfigurationFiles(project));
            if (!DesignTimeBuild.IsProgram(project)) reads.Add(Path.Combine(Path.GetDirectoryName(project)!, "obj", "project.assets.json"));
            foreach (var answer in _inspections.Last(project))
            {
                reads.UnionWith(answer.AnalyzerPaths);
                reads.UnionWith(answer.ConfigPaths);
                if (answer.AssetsFile.Length > 0) reads.Add(answer.AssetsFile);
            }
        }
        return [.. reads];
    }

    /// <inheritdoc/>
    public async Task<ToolOutcome> RunAsync(ToolRun run, CancellationToken cancellationToken) =>
        (await InspectAsync(run, cancellationToken)).ToToolOutcome();

    /// <summary>The same as <see cref="RunAsync"/>, with what is suppressed and the frameworks found.</summary>
    public async Task<RoslynOutcome> InspectAsync(ToolRun run, CancellationToken cancellationToken)
    {
        var sdk = await FindSdkAsync(run.Machine, run.Tree.Root, cancellationToken);
        return await _inspections.RunAsync(run, sdk ?? "", cancellationToken);
    }

    private async Task<string?> FindSdkAsync(IMachine machine, string? folder, CancellationToken cancellationToken)
    {
        var key = folder ?? "";
        lock (_lock)
            if (_versions.TryGetValue(key, out var known)) return known;
        var result = await machine.RunAsync(new Command("dotnet", ["--version"], WorkingDirectory: folder), cancellationToken);
        var version = result.Succeeded ? result.Output.Trim() : null;
        lock (_lock) _versions[key] = version;
        return version;
    }
}
