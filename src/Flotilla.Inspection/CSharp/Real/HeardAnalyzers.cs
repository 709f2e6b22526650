using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>
/// Leaves out the analysers of which nothing would be heard: all that they can say is hidden, or switched off, for every file. The compiler does
/// the same where nobody asks for what is hidden; many hundred analysers of the usual packs are for editors only.
/// </summary>
internal static class HeardAnalyzers
{
    // Says of all codes, or of a category of them, how severe they are.
    private const string OfMany = "dotnet_analyzer_diagnostic.";

    /// <summary>Those that may be heard, and every suppressor.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> Of(BuiltProject project)
    {
        var options = project.Options.AnalyzerConfigOptionsProvider;
        if (project.Sources.Any(tree => options.GetOptions(tree).Keys.Any(IsOfMany)) || options.GlobalOptions.Keys.Any(IsOfMany)) return project.Analyzers.Analyzers;
        var severities = project.Compilation.Options.SyntaxTreeOptionsProvider;
        return [.. project.Analyzers.Analyzers.Where(analyzer => analyzer is DiagnosticSuppressor || IsHeard(analyzer))];

        bool IsHeard(DiagnosticAnalyzer analyzer)
        {
            try
            {
                return analyzer.SupportedDiagnostics.Any(IsShown);
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                // The analysis itself reports an analyser that throws.
                return true;
            }
        }

        bool IsShown(DiagnosticDescriptor descriptor) =>
            descriptor.CustomTags.Contains(WellKnownDiagnosticTags.CustomSeverityConfigurable, StringComparer.Ordinal)
            || Shows(descriptor.GetEffectiveSeverity(project.Compilation.Options))
            || project.Sources.Any(tree => severities!.TryGetDiagnosticValue(tree, descriptor.Id, CancellationToken.None, out var severity) && Shows(severity));
    }

    private static bool IsOfMany(string key) => key.StartsWith(OfMany, StringComparison.OrdinalIgnoreCase);

    private static bool Shows(ReportDiagnostic severity) => severity is ReportDiagnostic.Info or ReportDiagnostic.Warn or ReportDiagnostic.Error;
}
