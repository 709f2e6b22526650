using Flotilla.Inspection.CSharp;
using Flotilla.Inspection.Tools.Dockerfiles;
using Flotilla.Inspection.Tools.Python;
using Flotilla.Inspection.Tools.Shell;
using Flotilla.Inspection.Tools.Yaml;

namespace Flotilla.Inspection.Tools;

/// <summary>The tools that an inspection has: those of Flotilla, those described in files, and those that a program adds.</summary>
public sealed class Toolbox(IReadOnlyList<ITool> tools)
{
    /// <summary>The tools that come with Flotilla.</summary>
    /// <param name="cacheFolder">Where a tool keeps what it learned about projects; null keeps it in memory.</param>
    /// <remarks>Each call makes new ones: a tool may keep what it learned about the machine.</remarks>
    public static Toolbox BuiltIn(string? cacheFolder = null) => new([
        new Pylint(), new Pycodestyle(), new Pyflakes(), new Mccabe(), new Dodgy(), new Pydocstyle(), new ImportCycles(),
        new Bandit(), new Vulture(), new Mypy(), new Ruff(), new Shellcheck(), new Yamllint(), new DockerfileTool(), new RoslynTool(cacheFolder),
    ]);

    /// <summary>Sorted by name.</summary>
    public IReadOnlyList<ITool> Tools { get; } = [.. tools.OrderBy(tool => tool.Name, StringComparer.Ordinal)];

    /// <summary>The names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. Tools.Select(tool => tool.Name)];

    /// <summary>The tools and another; one of the same name is replaced.</summary>
    public Toolbox With(ITool tool) => new([.. Tools.Where(other => other.Name != tool.Name), tool]);

    /// <summary>The tool of a name, or null.</summary>
    public ITool? Find(string name) => Tools.FirstOrDefault(tool => tool.Name == name);
}
