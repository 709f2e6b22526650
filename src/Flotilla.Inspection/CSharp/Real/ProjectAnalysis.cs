using Flotilla.Core;
using Flotilla.Inspection.CSharp.Complexity;
using Flotilla.Inspection.CSharp.Frameworks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>Analyses one project.</summary>
/// <param name="findings">Makes findings.</param>
/// <param name="options">What the profile says.</param>
/// <param name="rules">Our own measures.</param>
internal sealed class ProjectAnalysis(DiagnosticFindings findings, RoslynOptions options, ComplexityRules rules)
{
    /// <summary>Findings of all files of a project; none in generated code.</summary>
    public async Task<RoslynOutcome> RunAsync(BuiltProject project, CancellationToken cancellationToken)
    {
        var problems = new List<Problem>(project.Problems);
        var found = new List<Finding>();
        var suppressed = new List<SilencedDiagnostic>();
        var generated = project.Sources.Where(tree => GeneratedCode.IsGenerated(tree, cancellationToken)).ToHashSet();
        var own = project.Sources.Where(tree => !generated.Contains(tree)).ToArray();
        var names = project.Answer.Packages.Concat(project.Answer.FrameworkReferences)
            .Concat(project.Compilation.ReferencedAssemblyNames.Select(name => name.Name));
        var libraries = KnownFrameworks.Of(names, project.Options.AdditionalFiles.Any(file => file.Path.EndsWith(".razor", StringComparison.OrdinalIgnoreCase)));
        var active = options.FrameworkSuppressors
            ? FrameworkRules.All.Where(rule => rule.Framework == KnownFrameworks.Generators || libraries.Contains(rule.Framework)).ToLookup(rule => rule.Framework)
            : null;
        var facts = new ProjectFacts(own);
        var files = own.ToHashSet();

        var origins = project.Analyzers.Origins;
        foreach (var (diagnostic, assembly) in await DiagnosticsAsync(project, problems, cancellationToken).ConfigureAwait(false))
        {
            if (diagnostic.Location.SourceTree is { } tree && !files.Contains(tree)) continue;
            if (diagnostic.Location.GetLineSpan() is { IsValid: true } lines && diagnostic.Location.SourceTree is null && GeneratedCode.IsGenerated(lines.Path)) continue;
            if (IsBroken(diagnostic, project, problems)) continue;
            if (project.LacksGeneratedCode && assembly is null && diagnostic.Severity == DiagnosticSeverity.Error && !IsSyntax(diagnostic)) continue;
            if (findings.Of(diagnostic, assembly ?? origins.GetValueOrDefault(diagnostic.Id), project.Answer.Project) is not { } finding) continue;
            if (diagnostic.IsSuppressed) suppressed.Add(Suppressed(diagnostic, finding, project.Compilation));
            else if (active is not null && Match(diagnostic, project, facts, active) is { } rule) suppressed.Add(new(finding, SuppressedBy.Framework, rule.Framework, rule.Reason));
            else found.Add(finding);
        }
        foreach (var tree in own) found.AddRange(LooseFiles.Complexity(tree, findings, rules, cancellationToken));
        return new RoslynOutcome(found, suppressed, problems, libraries);
    }

    private static async Task<List<(Diagnostic Diagnostic, string? Assembly)>> DiagnosticsAsync(BuiltProject project, List<Problem> problems, CancellationToken cancellationToken)
    {
        var all = new List<(Diagnostic, string?)>();
        all.AddRange(project.ArgumentDiagnostics.Select(diagnostic => (diagnostic, (string?)null)));
        all.AddRange(project.GeneratorDiagnostics.Select(pair => (pair.Diagnostic, (string?)pair.Assembly)));
        var analyzers = HeardAnalyzers.Of(project);
        if (analyzers.IsEmpty)
        {
            all.AddRange(project.Compilation.GetDiagnostics(cancellationToken).Select(diagnostic => (diagnostic, (string?)null)));
            return all;
        }
        var failures = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var analysis = new CompilationWithAnalyzers(project.Compilation, analyzers, new CompilationWithAnalyzersOptions(
            project.Options,
            onAnalyzerException: (exception, analyzer, _) =>
            {
                lock (failures) failures.TryAdd(analyzer.GetType().FullName!, $"{exception.GetType().Name}: {exception.Message}");
            },
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: true));
        all.AddRange((await analysis.GetAllDiagnosticsAsync(cancellationToken).ConfigureAwait(false)).Select(diagnostic => (diagnostic, (string?)null)));
        foreach (var (analyzer, why) in failures)
            problems.Add(new Problem(
                $"The analyser {analyzer} failed (AD0001).",
                new SourceLocation(project.Answer.Project, 0),
                why,
                "Use another version of it, or remove it; what it would have found in this project is not known."));
        return all;
    }

    // Failures of analysers and generators are the tool's, not the code's.
    private static bool IsBroken(Diagnostic diagnostic, BuiltProject project, List<Problem> problems)
    {
        if (diagnostic.Id == "AD0001") return true;
        if (diagnostic.Id is not ("CS8784" or "CS8785")) return false;
        problems.Add(new Problem("A source generator failed.", new SourceLocation(project.Answer.Project, 0), diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), "Use another version of it."));
        return true;
    }

    private static bool IsSyntax(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree is { } tree && tree.GetDiagnostics().Any(own => own.Id == diagnostic.Id && own.Location.SourceSpan == diagnostic.Location.SourceSpan);

    private static SilencedDiagnostic Suppressed(Diagnostic diagnostic, Finding finding, Compilation compilation)
    {
        var info = diagnostic.GetSuppressionInfo(compilation);
        if (info is { ProgrammaticSuppressions: { IsDefaultOrEmpty: false } programs })
            return new(finding, SuppressedBy.Suppressor, programs[0].Descriptor.Id, programs[0].Descriptor.Justification.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (info?.Attribute is not { } attribute) return new(finding, SuppressedBy.Pragma, "pragma", null);
        var reason = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == "Justification").Value.Value as string;
        return new(finding, SuppressedBy.Attribute, attribute.AttributeClass?.Name ?? "SuppressMessageAttribute", reason);
    }

    private static FrameworkRule? Match(Diagnostic diagnostic, BuiltProject project, ProjectFacts facts, ILookup<string, FrameworkRule> active)
    {
        if (diagnostic.Location.SourceTree is not { } tree) return null;
        CodePlace? place = null;
        foreach (var rule in active.SelectMany(group => group).Where(rule => rule.Codes.Contains(diagnostic.Id)))
        {
            place ??= new CodePlace(facts, DiagnosticFindings.NodeAt(tree, diagnostic.Location.SourceSpan), project.Compilation.GetSemanticModel(tree));
            if (rule.Holds(place)) return rule;
        }
        return null;
    }
}
