using Flotilla.Core.Machines;
using Flotilla.Inspection.Blending;
using Flotilla.Inspection.Caching;
using Flotilla.Inspection.CSharp;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Files.Real;
using Flotilla.Inspection.Frameworks;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Suppression;
using Flotilla.Inspection.Tools;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection;

/// <summary>Runs the tools over a tree and joins what they say.</summary>
/// <param name="machine">Runs the tools' programs.</param>
/// <param name="time">Tells how long they take.</param>
public sealed class Inspector(IMachine machine, TimeProvider time)
{
    /// <summary>Inspects. A tool that fails is told in the report; the findings of the others are there.</summary>
    /// <param name="request">What and how.</param>
    /// <param name="cancellationToken">Kills the tools.</param>
    /// <exception cref="Core.ProblemException">A path is not there, or a tool that was asked for is unknown.</exception>
    public async Task<InspectionReport> InspectAsync(InspectionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = time.GetUtcNow();
        var profile = request.Profile;
        var (tree, around) = await ReadAsync(request, cancellationToken);
        var folder = around is null ? null : CacheOf(request.CacheName ?? request.Root);
        var beside = around is null ? null : CacheOf(request.CacheBeside);
        var versions = new ToolVersions(request.CacheFolder, request.Timeout, time);
        var hashes = new ContentHashes(tree, around ?? tree);
        var last = await ReportCache.OfAsync(request, tree, folder, hashes, versions, machine, cancellationToken);
        if (last is not null && await last.FindAsync(request.Root, started, time) is { } unchanged) return unchanged;
        if (profile is { Autodetect: true })
        {
            profile = profile.Using(FrameworkDetector.Detect(tree).Select(framework => framework.Name));
            tree = Without(tree, profile, request);
        }
        var chosen = ToolChoice.Of(request, profile, tree);
        using var room = new SemaphoreSlim(Math.Max(1, request.Parallelism));
        // The slowest first, so that none is left running alone at the end.
        var runs = chosen.OrderByDescending(tool => ToolCost.Of(tool.Tool)).Select(tool => new CachedRun(tool, tree, hashes, folder, beside, versions, machine, time, request, room).RunAsync(cancellationToken)).ToList();
        var results = await Task.WhenAll(runs);
        versions.Save();

        var all = results.SelectMany(result => result.Outcome.Findings.Where(finding => finding.Severity >= Least(result.Settings) && CodeList.Wants(result.Settings, finding.Code)));
        var (open, silencedByTools) = Suppressor.Unwrap(all);
        List<SuppressedFinding> silenced = [.. silencedByTools, .. results.SelectMany(result => result.Outcome.Suppressed)];
        var csharp = new CSharpStatements(tree);
        var suppressor = new Suppressor(tree, request.Names);
        var everything = open.Concat(silenced.Select(one => one.Finding));
        var ofProfile = ToolChoice.ValidatesProfile(request, profile) ? profile!.Findings : [];
        var groups = request.Blend ? Blender.Blend(everything, request.Names, (path, line) => csharp.Of(path, line) ?? suppressor.StatementOf(path, line)) : [.. everything.Select(finding => new FindingGroup(finding))];
        var (standing, suppressed, unused) = suppressor.Apply(groups, silenced, ToolChoice.Judges(results));
        var report = new InspectionReport
        {
            Root = request.Root,
            Findings = [.. standing.Select(group => group.Blended()).Concat(unused).Concat(ofProfile).Concat(Unopenable(request, tree)).Order(FindingOrder.Instance)],
            Suppressed = [.. suppressed.OrderBy(one => one.Finding, FindingOrder.Instance)],
            Tools = [.. results.Select(result => result.Report).OrderBy(report => report.Name, StringComparer.Ordinal)],
            Libraries = [.. results.SelectMany(result => result.Outcome.Libraries).Concat(profile?.Uses ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            ExternalConfiguration = Honoured(chosen, tree),
            Strictness = profile?.Strictness,
            Profiles = profile?.Names ?? [],
            Files = new SortedDictionary<string, int>(tree.Files.GroupBy(file => file.Language).ToDictionary(language => language.Key, language => language.Count(), StringComparer.Ordinal), StringComparer.Ordinal),
            Started = started,
            Completed = time.GetUtcNow(),
        };
        last?.Save(report);
        return report;

        string? CacheOf(string? name) => request.CacheFolder is null || name is null ? null : Path.Combine(request.CacheFolder, ContentHashes.Of(new(name))[..16]);
    }

    // A file that nobody looks at must not pass for a clean one.
    private static IEnumerable<Finding> Unopenable(InspectionRequest request, SourceTree tree) => request.Only is not null ? [] : tree.Unopenable.Select(path =>
        new Finding("files", "name-not-utf8", "No tool has looked at this file, for its name is not UTF-8. Rename it.", new FindingLocation(path, 1)) { Severity = Severity.Warning });

    private static SortedDictionary<string, string> Honoured(IReadOnlyList<ChosenTool> chosen, SourceTree tree)
    {
        var honoured = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in chosen.Where(one => one.Tool is ProgramTool))
            if (OwnConfiguration.Find(one.Tool.Reads(tree, one.Settings), one.Tool.Name) is { } file) honoured[one.Tool.Name] = tree.Inside(file);
        return honoured;
    }

    // What is inspected, and what modules of Python may import though it is not; null when that cannot be known: then no answer is kept.
    private async Task<(SourceTree Tree, SourceTree? Around)> ReadAsync(InspectionRequest request, CancellationToken cancellationToken)
    {
        var reader = new SourceTreeReader(machine, request.Root);
        var tree = await reader.ReadAsync(request.Paths, Ignores, cancellationToken);
        return (tree, tree.Of(Languages.Python).Any() ? await reader.ModulesAsync(cancellationToken) : tree);

        bool Ignores(string path) => request.Profile?.Ignores(path) == true;
    }

    // A framework has files that nobody writes, such as migrations. A file that was named is inspected all the same.
    private static SourceTree Without(SourceTree tree, Profile profile, InspectionRequest request)
    {
        var named = request.Paths.Select(path => Path.GetFullPath(path, request.Root)).ToHashSet(StringComparer.Ordinal);
        return tree with { Files = [.. tree.Files.Where(file => named.Contains(file.FullPath) || !profile.Ignores(file.Path))] };
    }

    // The option is any tool's, so that tools without one of their own have it too.
    private static Severity Least(ToolSettings settings) => settings.Options.GetValueOrDefault("minimum-severity") switch
    {
        "warning" => Severity.Warning,
        "error" => Severity.Error,
        _ => Severity.Note,
    };
}
