using System.Collections.Immutable;
using Flotilla.Core;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>The analysers and generators of a set of assemblies, loaded once in the life of the process.</summary>
internal sealed class AnalyzerSet
{
    private static readonly Lock Sets = new();
    private static readonly Dictionary<string, Lazy<AnalyzerSet>> Known = new(StringComparer.Ordinal);

    private readonly Lazy<IReadOnlyDictionary<string, string>> _origins;

    private AnalyzerSet(IReadOnlyList<string> paths)
    {
        var assemblies = new AnalyzerAssemblies(paths);
        var analyzers = ImmutableArray.CreateBuilder<DiagnosticAnalyzer>();
        var generators = ImmutableArray.CreateBuilder<ISourceGenerator>();
        var problems = new List<Problem>();
        foreach (var path in paths)
        {
            if (!File.Exists(path))
            {
                problems.Add(Failure(path, "The file is not there.", "Restore the project again."));
                continue;
            }
            var reference = new AnalyzerFileReference(path, assemblies);
            // An assembly without C# analysers is no failure: code fixes and shared parts are listed beside analysers.
            reference.AnalyzerLoadFailed += (_, failed) =>
            {
                if (failed.ErrorCode is AnalyzerLoadFailureEventArgs.FailureErrorCode.NoAnalyzers) return;
                var type = failed.TypeName is { } name ? $" {name}" : "";
                problems.Add(Failure(path, $"{failed.ErrorCode}{type}: {failed.Message}", "Use a version of the analyser for this version of the compiler, or remove it."));
            };
            analyzers.AddRange(reference.GetAnalyzers(LanguageNames.CSharp));
            generators.AddRange(reference.GetGenerators(LanguageNames.CSharp));
        }
        Analyzers = analyzers.ToImmutable();
        Generators = generators.ToImmutable();
        Problems = problems;
        _origins = new(FindOrigins);
    }

    /// <summary>Analysers and suppressors.</summary>
    public ImmutableArray<DiagnosticAnalyzer> Analyzers { get; }

    /// <summary>Source generators.</summary>
    public ImmutableArray<ISourceGenerator> Generators { get; }

    /// <summary>What could not be loaded.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>The simple name of the assembly that reports a code; codes of the compiler are not in it.</summary>
    public IReadOnlyDictionary<string, string> Origins => _origins.Value;

    /// <summary>The set of these assemblies; the same paths at the same times of change give the same set.</summary>
    public static AnalyzerSet Of(IEnumerable<string> paths)
    {
        var list = paths.Distinct(StringComparer.Ordinal).ToArray();
        var key = string.Join('\n', list.Select(path => $"{path}\t{(File.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0)}"));
        Lazy<AnalyzerSet>? set;
        lock (Sets)
            if (!Known.TryGetValue(key, out set)) Known[key] = set = new(() => new AnalyzerSet(list));
        return set.Value;
    }

    private static Problem Failure(string path, string why, string fix) =>
        new($"The analyser {Path.GetFileName(path)} was not loaded.", new SourceLocation(path, 0) { Shown = path }, why, fix);

    private Dictionary<string, string> FindOrigins()
    {
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var analyzer in Analyzers)
        {
            var assembly = analyzer.GetType().Assembly.GetName().Name!;
            try
            {
                foreach (var descriptor in analyzer.SupportedDiagnostics) origins.TryAdd(descriptor.Id, assembly);
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                // The analysis itself reports an analyser that throws.
                continue;
            }
        }
        return origins;
    }
}
