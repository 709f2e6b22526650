using System.Collections.Immutable;
using System.Security.Cryptography;
using Flotilla.Core;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>The compilations of one inspection, each built once, with the code that generators add.</summary>
/// <remarks>A project that refers to another sees that one's sources, not what it last built, which may be old or missing.</remarks>
internal sealed class Compilations(
    IReadOnlyList<ProjectAnswer> answers,
    RoslynOptions options,
    IReadOnlyList<string> packPaths,
    SourceTrees trees,
    CancellationToken cancellationToken)
{
    private readonly Lock _lock = new();
    private static readonly EmitOptions ReferenceAssembly = new(metadataOnly: true, includePrivateMembers: false);

    private readonly Dictionary<ProjectAnswer, Task<BuiltProject>> _built = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ProjectAnswer, Task<ProjectSurface>> _surfaces = new(ReferenceEqualityComparer.Instance);
    private readonly ILookup<string, ProjectAnswer> _byProject = answers.ToLookup(answer => answer.Project, StringComparer.Ordinal);
    private readonly SortedDictionary<string, ReportDiagnostic> _overrides = Overrides(options);

    /// <summary>A project's compilation.</summary>
    public Task<BuiltProject> GetAsync(ProjectAnswer answer)
    {
        lock (_lock)
        {
            if (!_built.TryGetValue(answer, out var built)) _built[answer] = built = Task.Run(() => BuildAsync(answer), cancellationToken);
            return built;
        }
    }

    /// <summary>What projects that refer to a project see of it.</summary>
    public Task<ProjectSurface> SurfaceAsync(ProjectAnswer answer)
    {
        lock (_lock)
        {
            if (!_surfaces.TryGetValue(answer, out var surface)) _surfaces[answer] = surface = Task.Run(() => EmitAsync(answer), cancellationToken);
            return surface;
        }
    }

    // As in a build, where a reference assembly is what is referred to. What cannot be emitted is referred to as it is.
    private async Task<ProjectSurface> EmitAsync(ProjectAnswer answer)
    {
        var built = await GetAsync(answer).ConfigureAwait(false);
        using var image = new MemoryStream();
        if (!built.Compilation.Emit(image, options: ReferenceAssembly, cancellationToken: cancellationToken).Success) return new ProjectSurface(null, built.Compilation.ToMetadataReference());
        var bytes = image.ToArray();
        return new ProjectSurface(Convert.ToHexStringLower(SHA256.HashData(bytes)), MetadataReference.CreateFromImage(bytes));
    }

    private static SortedDictionary<string, ReportDiagnostic> Overrides(RoslynOptions options)
    {
        var overrides = new SortedDictionary<string, ReportDiagnostic>(StringComparer.Ordinal);
        foreach (var code in options.Enable) overrides[code] = ReportDiagnostic.Warn;
        foreach (var code in options.Disable) overrides[code] = ReportDiagnostic.Suppress;
        return overrides;
    }

    private async Task<BuiltProject> BuildAsync(ProjectAnswer answer)
    {
        var problems = new List<Problem>();
        var arguments = CSharpCommandLineParser.Default.Parse(answer.Arguments, answer.Folder, sdkDirectory: null);
        var configured = new ConfiguredOptions(arguments.AnalyzerConfigPaths, _overrides);
        var parse = arguments.ParseOptions;
        // Without parsed documentation, a using that only a cref needs would look unused.
        if (parse.DocumentationMode == DocumentationMode.None) parse = parse.WithDocumentationMode(DocumentationMode.Parse);

        var sources = arguments.SourceFiles.Select(file => file.Path).Distinct(StringComparer.Ordinal).ToArray();
        var parsed = new SyntaxTree?[sources.Length];
        Parallel.For(0, sources.Length, new ParallelOptions { CancellationToken = cancellationToken }, index =>
        {
            try
            {
                parsed[index] = trees.Of(sources[index], parse, arguments.ChecksumAlgorithm, cancellationToken);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                lock (problems) problems.Add(new Problem("A source file cannot be read.", new SourceLocation(sources[index], 0), unreadable.Message));
            }
        });

        var compilationOptions = arguments.CompilationOptions
            .WithConcurrentBuild(true)
            .WithDeterministic(true)
            .WithReportSuppressedDiagnostics(true)
            .WithSyntaxTreeOptionsProvider(configured.Severities)
            .WithXmlReferenceResolver(new XmlFileResolver(answer.Folder))
            .WithSourceReferenceResolver(new SourceFileResolver(arguments.SourcePaths, answer.Folder, arguments.PathMap))
            .WithStrongNameProvider(new DesktopStrongNameProvider(arguments.KeyFileSearchPaths));
        // A warning is a warning, though a project stops its build at it.
        if (compilationOptions.GeneralDiagnosticOption == ReportDiagnostic.Error)
            compilationOptions = compilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Default);
        compilationOptions = compilationOptions.WithSpecificDiagnosticOptions(
            compilationOptions.SpecificDiagnosticOptions.SetItems(_overrides));

        var compilation = CSharpCompilation.Create(
            arguments.CompilationName ?? Path.GetFileNameWithoutExtension(answer.Project),
            parsed.OfType<SyntaxTree>(),
            await ReferencesAsync(answer, arguments, problems).ConfigureAwait(false),
            compilationOptions);

        var set = AnalyzerSet.Of(AnalyzerPaths(answer));
        problems.AddRange(set.Problems);
        var additional = arguments.AdditionalFiles.Select(file => (AdditionalText)new AdditionalFile(file.Path)).ToImmutableArray();
        var generated = Generate(compilation, set, additional, parse, configured);
        var leftOut = options.RunProjectAnalyzers ? null : answer.References.FirstOrDefault(link => link.IsAnalyzer);
        if (leftOut is not null)
            problems.Add(new Problem(
                $"{Path.GetFileName(answer.Project)} was analysed without {Path.GetFileName(leftOut.Project)}, and its compiler errors are left out.",
                new SourceLocation(answer.Project, 0),
                "That analyser or generator is built by the inspected code itself, which an inspection does not run.",
                "Build it and set the option run-project-analyzers to true, if you trust the code."));
        return new BuiltProject(
            answer,
            generated.Compilation,
            set,
            new AnalyzerOptions(additional, configured.Analyzers),
            [.. arguments.Errors, .. configured.Diagnostics],
            generated.Diagnostics,
            parsed.OfType<SyntaxTree>().ToArray(),
            problems) { LacksGeneratedCode = leftOut is not null };
    }

    private IEnumerable<string> AnalyzerPaths(ProjectAnswer answer)
    {
        var own = answer.References.Where(link => link.IsAnalyzer).Select(link => Path.GetFileNameWithoutExtension(link.Project)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var wanted = answer.AnalyzerPaths.Where(path => options.RunProjectAnalyzers || !own.Contains(Path.GetFileNameWithoutExtension(path))).ToArray();
        var names = wanted.Select(Path.GetFileName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return wanted.Concat(packPaths.Where(path => !names.Contains(Path.GetFileName(path))));
    }

    private async Task<IReadOnlyList<MetadataReference>> ReferencesAsync(ProjectAnswer answer, CSharpCommandLineArguments arguments, List<Problem> problems)
    {
        var outputs = answer.Outputs.GroupBy(output => output.Path, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Project, StringComparer.Ordinal);
        var linked = new HashSet<string>(StringComparer.Ordinal);
        var references = new List<MetadataReference>();
        foreach (var reference in arguments.MetadataReferences)
        {
            var path = Path.GetFullPath(reference.Reference, answer.Folder);
            if (outputs.TryGetValue(path, out var project) && Choose(project, path) is { } built)
            {
                linked.Add(project);
                references.Add((await SurfaceAsync(built).ConfigureAwait(false)).Reference.WithProperties(reference.Properties));
            }
            else if (MetadataFiles.Of(path, reference.Properties) is { } file)
            {
                linked.UnionWith(project is null ? [] : [project]);
                references.Add(file);
            }
        }
        foreach (var link in answer.References.Where(link => link.IsCompiledAgainst && !link.IsAnalyzer && linked.Add(link.Project)))
        {
            if (Choose(link.Project, "") is { } built)
                references.Add((await SurfaceAsync(built).ConfigureAwait(false)).Reference);
            else if (link.Project.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase))
                problems.Add(new Problem(
                    $"{Path.GetFileName(answer.Project)} was analysed without {Path.GetFileName(link.Project)}, to which it refers.",
                    new SourceLocation(answer.Project, 0),
                    "That project could not be analysed, and its output is not there.",
                    $"Run: dotnet build {Path.GetFileName(answer.Project)}"));
        }
        return references;
    }

    // Of several target frameworks, the one that the path of the output names.
    private ProjectAnswer? Choose(string project, string path)
    {
        var candidates = _byProject[project].ToArray();
        return candidates.FirstOrDefault(candidate => candidate.Framework.Length > 0 && path.Split('/', '\\').Contains(candidate.Framework, StringComparer.OrdinalIgnoreCase))
            ?? candidates.FirstOrDefault();
    }

    private (CSharpCompilation Compilation, ImmutableArray<(Diagnostic, string)> Diagnostics) Generate(
        CSharpCompilation compilation,
        AnalyzerSet set,
        ImmutableArray<AdditionalText> additional,
        CSharpParseOptions parse,
        ConfiguredOptions configured)
    {
        if (set.Generators.IsEmpty) return (compilation, []);
        var driver = CSharpGeneratorDriver.Create(set.Generators, additional, parse, configured.Analyzers)
            .RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _, cancellationToken);
        var diagnostics = driver.GetRunResult().Results
            .SelectMany(result => result.Diagnostics.Select(diagnostic => (diagnostic, result.Generator.GetGeneratorType().Assembly.GetName().Name!)))
            .ToImmutableArray();
        return ((CSharpCompilation)updated, diagnostics);
    }

    private sealed class AdditionalFile(string path) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText? GetText(CancellationToken cancellationToken = default)
        {
            try
            {
                using var stream = File.OpenRead(Path);
                return SourceText.From(stream);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}

/// <summary>What projects that refer to a project see of it.</summary>
/// <param name="Hash">Differs when they see something else; null where that is not known.</param>
/// <param name="Reference">What they refer to.</param>
internal sealed record ProjectSurface(string? Hash, MetadataReference Reference);
