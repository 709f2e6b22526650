using System.Collections.Immutable;
using Flotilla.Core;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>A project ready for analysis.</summary>
/// <param name="Answer">What the design-time build said.</param>
/// <param name="Compilation">Sources, generated code and references.</param>
/// <param name="Analyzers">Analysers of the project and of the packs asked for.</param>
/// <param name="Options">Options and additional files for analysers.</param>
/// <param name="ArgumentDiagnostics">What is wrong in arguments and configuration files.</param>
/// <param name="GeneratorDiagnostics">What generators report, each with the simple name of its assembly.</param>
/// <param name="Sources">The trees of the project's own files.</param>
/// <param name="Problems">What could not be loaded or read.</param>
internal sealed record BuiltProject(
    ProjectAnswer Answer,
    CSharpCompilation Compilation,
    AnalyzerSet Analyzers,
    AnalyzerOptions Options,
    ImmutableArray<Diagnostic> ArgumentDiagnostics,
    ImmutableArray<(Diagnostic Diagnostic, string Assembly)> GeneratorDiagnostics,
    IReadOnlyList<SyntaxTree> Sources,
    IReadOnlyList<Problem> Problems)
{
    /// <summary>True when a generator that the solution itself builds was left out, so that the compiler's errors mean nothing.</summary>
    public bool LacksGeneratedCode { get; init; }
}
