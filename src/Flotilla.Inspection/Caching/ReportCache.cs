using System.Text;
using System.Text.Json;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.Caching;

/// <summary>
/// The last report of a tree, and the key of all that it depends on: every file, the profile, the tools and their installations, the table of defects.
/// When nothing has changed, nothing is computed again.
/// </summary>
internal sealed class ReportCache
{
    private readonly string _file;
    private readonly string _key;

    private readonly Task<CachedReport?> _last;

    private readonly ContentHashes _hashes;

    private ReportCache(string file, string key, Task<CachedReport?> last, ContentHashes hashes) => (_file, _key, _last, _hashes) = (file, key, last, hashes);

    /// <summary>The cache of a request; null when there is none.</summary>
    public static async Task<ReportCache?> OfAsync(
        InspectionRequest request, SourceTree tree, string? folder, ContentHashes hashes, ToolVersions versions, IMachine machine, CancellationToken cancellationToken)
    {
        if (folder is null) return null;
        // One for each choice of files and tools, of which a tree has few. A long one is read while the files are.
        var name = ContentHashes.Of(new StringBuilder().AppendJoin('\n', request.Paths).Append('|').AppendJoin(',', request.Only ?? []))[..12];
        var file = Path.Combine(folder, $"report-{name}.json");
        var last = Task.Run(() => Read(file), cancellationToken);
        var text = new StringBuilder($"{BuiltIn.Version}\n{hashes.Of(tree.Files)}\n{string.Join('\0', tree.Unopenable)}\n{Of(request.Profile)}\n{request.Blend}\n{ToolChoice.ValidatesProfile(request, request.Profile)}\n");
        foreach (var defect in request.Names.Defects) text.Append(defect.What).Append(defect.AnywhereInFile).AppendJoin(',', defect.Names).Append('\n');
        var tools = ToolChoice.Of(request, request.Profile, tree);
        if (tools.Any(chosen => chosen.Tool.Scope != ToolScope.File && chosen.Files.Any(file => file.Language == Languages.Python))) text.Append(hashes.OfModules());
        await Task.WhenAll(tools.Select(chosen => versions.FindAsync(chosen.Tool, machine, cancellationToken)));
        foreach (var chosen in tools)
        {
            var found = await versions.FindAsync(chosen.Tool, machine, cancellationToken);
            text.Append(chosen.Tool.Name).Append(chosen.Asked).Append(found.Version).Append(found.Marks).Append(SettingsText.Of(chosen.Settings)).Append('\n');
            foreach (var read in chosen.Tool.Reads(tree, chosen.Settings)) text.Append(tree.Inside(read)).Append(' ').Append(hashes.Of(read)).Append('\n');
        }
        return new ReportCache(file, ContentHashes.Of(text), last, hashes);
    }

    /// <summary>The report, as if made now; null when something has changed.</summary>
    public async Task<InspectionReport?> FindAsync(string root, DateTimeOffset started, TimeProvider time)
    {
        if (await _last is not { } cached || cached.Key != _key) return null;
        return cached.Report with
        {
            Tools = [.. cached.Report.Tools.Select(tool => tool with { Cached = tool.Files, Elapsed = TimeSpan.Zero })],
            Root = root,
            Started = started,
            Completed = time.GetUtcNow(),
        };
    }

    private static CachedReport? Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), CacheJson.Default.CachedReport) : null;
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a report in which every tool came to its end, and that is of one state of the files.</summary>
    public void Save(InspectionReport report)
    {
        if (report.Tools.Any(tool => tool.State == ToolState.Failed) || !_hashes.StillHold()) return;
        CacheFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(new CachedReport(_key, report), CacheJson.Default.CachedReport));
    }

    // What it says to the tools that run stands in their settings.
    private static string Of(Profile? profile) => profile is null ? "" : string.Join('\n', (IEnumerable<object?>)
    [
        profile.Strictness, profile.Autodetect, .. profile.Names, "-", .. profile.Uses, "-", .. profile.IgnorePaths, "-", .. profile.IgnorePatterns, "-", .. profile.Findings,
        profile.For("profile-validator").Run,
    ]);
}

/// <summary>A report and the key of what it depends on.</summary>
internal sealed record CachedReport(string Key, InspectionReport Report);
