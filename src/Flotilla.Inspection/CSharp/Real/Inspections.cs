using Flotilla.Core;
using Flotilla.Inspection.CSharp.Complexity;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>Inspects trees; keeps what a second inspection need not find anew.</summary>
internal sealed class Inspections(string? cacheFolder)
{
    private readonly ArgumentStore _arguments = new(cacheFolder is null ? null : Path.Combine(cacheFolder, "csharp"));
    private readonly SourceTrees _trees = new();
    private readonly AnalysisStore _analysed = new(cacheFolder is null ? null : Path.Combine(cacheFolder, "csharp"));

    /// <summary>Project files and file-based programs among files, absolute, sorted.</summary>
    public static IReadOnlyList<string> Projects(IEnumerable<SourceFile> files)
    {
        var list = files.Select(file => file.FullPath).ToArray();
        var projects = list.Where(path => path.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase)).ToArray();
        return [.. projects.Concat(list.Where(IsProgram)).Order(StringComparer.Ordinal)];
    }

    /// <summary>What was last answered for a project; empty when nothing was.</summary>
    public IReadOnlyList<ProjectAnswer> Last(string project) => _arguments.Last(project);

    /// <summary>Findings for the files of a run.</summary>
    public async Task<RoslynOutcome> RunAsync(ToolRun run, string sdk, CancellationToken cancellationToken)
    {
        var problems = new List<Problem>();
        var options = RoslynOptions.From(run.Settings, problems);
        var roslyn = typeof(Microsoft.CodeAnalysis.Compilation).Assembly.GetName().Version!;
        var packs = AnalyzerPacks.Find(options.Packs, AnalyzerPacks.PackagesFolder, roslyn, problems);
        var rules = new ComplexityRules(options.MaxComplexity, options.MaxCognitive);
        var findings = new DiagnosticFindings(run.Tree);

        var projects = Projects(run.Tree.Of(Languages.CSharp));
        var properties = new SortedDictionary<string, string>(new Dictionary<string, string>(options.Properties), StringComparer.Ordinal) { ["FlotillaSdk"] = sdk };
        var (answers, unanswered) = await _arguments.FindAsync(run.Machine, run.Tree.Root, projects, properties, run.Parallelism, run.Timeout, keep: !run.IsPassing, cancellationToken).ConfigureAwait(false);
        problems.AddRange(unanswered);

        var store = run.IsPassing ? new AnalysisStore(null) : _analysed;
        var compilations = new Compilations(answers, options, packs, _trees, cancellationToken);
        var keys = new AnalysisKeys(answers, compilations, store, Salt(run, options, packs));
        var analysis = new ProjectAnalysis(findings, options, rules);
        var asked = projects.ToHashSet(StringComparer.Ordinal);
        var outcomes = new List<RoslynOutcome>();
        var compiled = new HashSet<string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            answers.Where(answer => asked.Contains(answer.Project)),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, run.Parallelism), CancellationToken = cancellationToken },
            async (answer, token) =>
            {
                try
                {
                    var (outcome, files) = await AnalyseAsync(answer, compilations, analysis, keys, store, token).ConfigureAwait(false);
                    lock (outcomes)
                    {
                        outcomes.Add(outcome);
                        compiled.UnionWith(files);
                    }
                }
                catch (Exception broken) when (broken is not OperationCanceledException)
                {
                    // Analysers are other people's code in this process; one project's trouble is not that of the others.
                    var shown = findings.PathOf(answer.Project);
                    lock (outcomes) problems.Add(new Problem($"{shown} was not analysed.", new SourceLocation(answer.Project, 0) { Shown = shown }, $"{broken.GetType().Name}: {broken.Message}", "Leave analysers out of it one by one, and tell the maker of the one that breaks."));
                }
            }).ConfigureAwait(false);

        var answered = answers.Where(answer => !DesignTimeBuild.IsProgram(answer.Project)).Select(answer => answer.Folder + "/").Distinct(StringComparer.Ordinal).ToArray();
        var loose = new List<Finding>();
        foreach (var file in run.Files.Where(file => file.Path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) && !compiled.Contains(file.FullPath)))
        {
            // What a project leaves out stands in its folder on purpose: templates, samples, test data.
            if (GeneratedCode.IsGenerated(file.Path) || answered.Any(folder => file.FullPath.StartsWith(folder, StringComparison.Ordinal))) continue;
            try
            {
                loose.AddRange(LooseFiles.Check(file, findings, rules, cancellationToken));
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                problems.Add(new Problem($"{file.Path} cannot be read.", new SourceLocation(file.FullPath, 0) { Shown = file.Path }, unreadable.Message));
            }
        }
        return Join(run, outcomes, loose, problems);
    }

    // The outcome of an unchanged project is what it was; one that has a problem is tried again.
    private static async Task<(RoslynOutcome Outcome, IReadOnlyList<string> Files)> AnalyseAsync(
        ProjectAnswer answer, Compilations compilations, ProjectAnalysis analysis, AnalysisKeys keys, AnalysisStore store, CancellationToken cancellationToken)
    {
        var began = DateTime.UtcNow;
        var key = await keys.OfAsync(answer).ConfigureAwait(false);
        if (store.Find(answer, key) is { } known) return (known.Outcome, known.Files);
        var built = await compilations.GetAsync(answer).ConfigureAwait(false);
        var outcome = await analysis.RunAsync(built, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> files = [.. built.Sources.Select(tree => tree.FilePath)];
        // What was written while it was looked at is not what the key says.
        if (outcome.Problems.Count == 0 && files.All(file => File.GetLastWriteTimeUtc(file) < began)) store.Keep(answer, new AnalysedProject(key, outcome.Findings, outcome.Suppressed, outcome.Libraries, files));
        return (outcome, files);
    }

    private static string Salt(ToolRun run, RoslynOptions options, IReadOnlyList<string> packs) => string.Join('\n',
    [
        $"{BuiltIn.Version} {typeof(Microsoft.CodeAnalysis.Compilation).Assembly.GetName().Version}",
        run.Tree.Root,
        $"{options.MaxComplexity} {options.MaxCognitive} {options.FrameworkSuppressors} {options.RunProjectAnalyzers}",
        string.Join(' ', options.Enable),
        string.Join(' ', options.Disable),
        .. packs.Select(pack => $"{pack} {File.GetLastWriteTimeUtc(pack).Ticks}"),
    ]);

    private static bool IsProgram(string path)
    {
        if (!path.EndsWith(".cs", StringComparison.Ordinal)) return false;
        try
        {
            return ProjectInputs.Directives(path).Count > 0;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A file of several projects, or of several target frameworks, says the same thing once.
    private static RoslynOutcome Join(ToolRun run, List<RoslynOutcome> outcomes, List<Finding> loose, List<Problem> problems)
    {
        var wanted = run.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var found = outcomes.SelectMany(outcome => outcome.Findings).Concat(loose)
            .Where(finding => wanted.Contains(finding.Location.Path))
            .DistinctBy(Key)
            .ToArray();
        var shown = found.Select(Key).ToHashSet();
        var suppressed = outcomes.SelectMany(outcome => outcome.Suppressed)
            .Where(one => wanted.Contains(one.Finding.Location.Path))
            .DistinctBy(one => Key(one.Finding))
            .Where(one => !shown.Contains(Key(one.Finding)));
        return new RoslynOutcome(
            [.. Sorted(found, finding => finding)],
            [.. Sorted(suppressed, one => one.Finding)],
            [.. problems.Concat(outcomes.SelectMany(outcome => outcome.Problems)).DistinctBy(problem => problem.ToString())],
            [.. outcomes.SelectMany(outcome => outcome.Libraries).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    private static (string, string, string, FindingLocation) Key(Finding finding) => (finding.Tool, finding.Code, finding.Message, finding.Location);

    private static IEnumerable<T> Sorted<T>(IEnumerable<T> all, Func<T, Finding> finding) => all
        .OrderBy(one => finding(one).Location.Path, StringComparer.Ordinal)
        .ThenBy(one => finding(one).Location.Line ?? 0)
        .ThenBy(one => finding(one).Location.Column ?? 0)
        .ThenBy(one => finding(one).Tool, StringComparer.Ordinal)
        .ThenBy(one => finding(one).Code, StringComparer.Ordinal)
        .ThenBy(one => finding(one).Message, StringComparer.Ordinal);
}
