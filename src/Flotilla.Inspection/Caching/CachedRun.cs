using System.Text;
using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Caching;

/// <summary>What a tool said, and how it fared.</summary>
internal sealed record RunResult(ToolReport Report, ToolOutcome Outcome, ToolSettings Settings);

/// <summary>
/// Runs a tool on the files of which the cache does not know what it would say. A file's key covers all that its findings depend on: content, for some tools
/// the files that it imports or all files, settings, the tool's own configuration files, its version and installation.
/// </summary>
internal sealed class CachedRun(
    ChosenTool chosen, SourceTree tree, ContentHashes hashes, string? folder, string? beside, ToolVersions versions, IMachine machine, TimeProvider time, InspectionRequest request, SemaphoreSlim room)
{
    private const string Whole = "";

    private readonly ITool _tool = chosen.Tool;

    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken);
        var began = time.GetTimestamp();
        try
        {
            var found = await versions.FindAsync(_tool, machine, cancellationToken);
            if (found.GivenUp is not null) return Result(new ToolReport(_tool.Name, ToolState.Failed) { Problem = found.GivenUp }, new ToolOutcome([]));
            if (found.Version is not { } version)
            {
                // What was asked for by name and is not there is a failure; what merely could have helped is a hint.
                var missing = new Problem($"{_tool.Name} is not installed.", Why: $"it looks for {_tool.Description}.", Fix: _tool.Install);
                return Result(new ToolReport(_tool.Name, chosen.Asked ? ToolState.Failed : ToolState.Missing) { Problem = missing }, new ToolOutcome([]));
            }
            var cache = ToolCache.Open(folder, _tool.Name, beside);
            var keys = Keys(version, found.Marks, hashes);
            var known = keys.Select(file => (file.Key, Entry: cache.Find(file.Key, file.Value))).Where(file => file.Entry is not null).ToDictionary(file => file.Key, file => file.Entry!, StringComparer.Ordinal);
            var files = chosen.Files.Where(file => !known.ContainsKey(KeyPath(file))).ToList();
            var outcome = files.Count == 0 ? new ToolOutcome([])
                : await _tool.RunAsync(new ToolRun(tree, files, chosen.Settings, machine) { Timeout = request.Timeout, Parallelism = request.Parallelism, IsPassing = request.CacheName is not null }, cancellationToken);
            if (known.Count > 0) outcome = Without(known, outcome);
            if (outcome.Failure is null && files.Count > 0 && IsOf(files, outcome)) cache.Keep(Entries(StillTrue(keys, version, found.Marks), known, files, outcome), path => path == Whole || File.Exists(Path.Combine(tree.Root, path)));
            var report = new ToolReport(_tool.Name, outcome.Failure is null ? ToolState.Ran : ToolState.Failed)
            {
                Version = version, Problem = outcome.Failure, Files = chosen.Files.Count, Cached = chosen.Files.Count - files.Count, Elapsed = time.GetElapsedTime(began),
            };
            return Result(report, outcome with
            {
                Findings = [.. known.Values.SelectMany(entry => entry.Findings), .. outcome.Findings],
                Suppressed = [.. known.Values.SelectMany(entry => entry.Suppressed), .. outcome.Suppressed],
                Libraries = [.. known.Values.SelectMany(entry => entry.Libraries), .. outcome.Libraries],
            });
        }
        catch (Exception odd) when (odd is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A file that goes away at the wrong moment, say. The others are heard all the same.
            var problem = new Problem($"{_tool.Name} could not do its work.", Why: $"{odd.GetType().Name}: {odd.Message}", Fix: $"Run it again; \"flotilla inspect --without-tool {_tool.Name}\" goes on without it.");
            return Result(new ToolReport(_tool.Name, ToolState.Failed) { Problem = problem }, new ToolOutcome([]));
        }
        finally
        {
            room.Release();
        }
    }

    // What was written while the tool looked may be what it saw, or not: nobody knows of which content it spoke.
    private IReadOnlyDictionary<string, string> StillTrue(SortedDictionary<string, string> keys, string version, string marks)
    {
        if (hashes.StillHold()) return keys;
        var now = Keys(version, marks, hashes.Anew());
        return keys.Where(file => now.GetValueOrDefault(file.Key) == file.Value).ToDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal);
    }

    // What it says in passing of files that the cache has answered for.
    private static ToolOutcome Without(IReadOnlyDictionary<string, CachedFile> known, ToolOutcome outcome) => outcome with
    {
        Findings = [.. outcome.Findings.Where(finding => !known.ContainsKey(finding.Location.Path))],
        Suppressed = [.. outcome.Suppressed.Where(one => !known.ContainsKey(one.Finding.Location.Path))],
    };

    // What a tool says of files that it was not asked about has no entry to stand in.
    private bool IsOf(IReadOnlyList<SourceFile> files, ToolOutcome outcome)
    {
        if (_tool.Scope == ToolScope.Project) return true;
        var asked = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return outcome.Findings.Concat(outcome.Suppressed.Select(one => one.Finding)).All(finding => asked.Contains(finding.Location.Path));
    }

    private RunResult Result(ToolReport report, ToolOutcome outcome) => new(report with { Findings = outcome.Findings.Count }, outcome, chosen.Settings);

    // A tool that looks at everything together has one entry: under no path when that is the whole tree, else under what no file is called.
    private string Together => request.Paths.Count == 0 ? Whole : "\0" + string.Join('\0', request.Paths);

    private string KeyPath(SourceFile file) => _tool.Scope == ToolScope.Project ? Together : file.Path;

    private SortedDictionary<string, string> Keys(string version, string marks, ContentHashes hashes)
    {
        var common = new StringBuilder($"{_tool.Name}\n{version}\n{marks}\n{BuiltIn.Version}\n{SettingsText.Of(chosen.Settings)}\n");
        foreach (var read in _tool.Reads(tree, chosen.Settings)) common.Append(tree.Inside(read)).Append(' ').Append(hashes.Of(read)).Append('\n');
        if (_tool is IExtensible extensible) common.Append(hashes.WithImports(extensible.Plugins(tree, chosen.Settings))).Append('\n');
        var keys = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (_tool.Scope == ToolScope.Project) keys[Together] = Key(hashes.WithImports(chosen.Files));
        else
            foreach (var file in chosen.Files)
                keys[file.Path] = Key($"{file.Path} {(_tool.Scope == ToolScope.Imports ? hashes.WithImports(file) : hashes.Of(file.FullPath))}");
        return keys;

        string Key(string depends) => ContentHashes.Of(new StringBuilder().Append(common).Append(depends));
    }

    private SortedDictionary<string, CachedFile> Entries(IReadOnlyDictionary<string, string> keys, Dictionary<string, CachedFile> known, IReadOnlyList<SourceFile> files, ToolOutcome outcome)
    {
        var entries = new SortedDictionary<string, CachedFile>(known, StringComparer.Ordinal);
        if (_tool.Scope == ToolScope.Project)
        {
            if (keys.ContainsKey(Together)) entries[Together] = new CachedFile(keys[Together], outcome.Findings, outcome.Suppressed, outcome.Libraries);
            return entries;
        }
        var findings = outcome.Findings.ToLookup(finding => finding.Location.Path, StringComparer.Ordinal);
        var suppressed = outcome.Suppressed.ToLookup(one => one.Finding.Location.Path, StringComparer.Ordinal);
        foreach (var file in files.Where(file => keys.ContainsKey(file.Path))) entries[file.Path] = new CachedFile(keys[file.Path], [.. findings[file.Path]], [.. suppressed[file.Path]], outcome.Libraries);
        return entries;
    }
}
