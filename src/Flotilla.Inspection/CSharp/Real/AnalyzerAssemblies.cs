using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>Loads analyser assemblies and what they depend on, all of one set beside each other in a context of their own.</summary>
/// <remarks>
/// Every path is registered before any is loaded, because an assembly of a set may need any other. They are found by assembly
/// identity, since packages rename files. Roslyn and the runtime come from this process.
/// </remarks>
internal sealed class AnalyzerAssemblies : AssemblyLoadContext, IAnalyzerAssemblyLoader
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(AssemblyName Name, string Path)>> _registered = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>A context for these assemblies.</summary>
    public AnalyzerAssemblies(IEnumerable<string> paths)
        : base("analyzers", isCollectible: false)
    {
        foreach (var path in paths) AddDependencyLocation(path);
    }

    /// <inheritdoc/>
    public void AddDependencyLocation(string fullPath)
    {
        lock (_lock)
        {
            if (!_paths.Add(fullPath) || !File.Exists(fullPath)) return;
            try
            {
                var name = AssemblyName.GetAssemblyName(fullPath);
                if (!_registered.TryGetValue(name.Name!, out var same)) _registered[name.Name!] = same = [];
                same.Add((name, fullPath));
            }
            catch (BadImageFormatException)
            {
                // Packages carry native libraries beside analysers; who needs one as an assembly reports it.
            }
        }
    }

    /// <inheritdoc/>
    public Assembly LoadFromPath(string fullPath)
    {
        AddDependencyLocation(fullPath);
        return LoadFromAssemblyPath(fullPath);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (IsShared(assemblyName.Name!)) return null;
        string? path;
        lock (_lock)
        {
            if (!_registered.TryGetValue(assemblyName.Name!, out var same)) return null;
            path = same
                .OrderByDescending(candidate => candidate.Name.Version == assemblyName.Version)
                .ThenByDescending(candidate => candidate.Name.Version)
                .Select(candidate => candidate.Path)
                .FirstOrDefault();
        }
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    // Types that analysers and this process hand each other must be the same on both sides.
    private static bool IsShared(string name) =>
        name is "Microsoft.CodeAnalysis" or "Microsoft.CodeAnalysis.CSharp" or "System.Collections.Immutable" or "System.Reflection.Metadata";
}
