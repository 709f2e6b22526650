using System.Text;
using System.Text.Json;
using Flotilla.Inspection.Caching;
using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>What was found in projects, kept in memory and, when a folder is given, on disk: the last of each project and target framework.</summary>
internal sealed class AnalysisStore(string? folder)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Project, string Framework), AnalysedProject> _known = [];
    private readonly Dictionary<(string Project, string Framework), (string Key, string Surface)> _surfaces = [];

    /// <summary>What was found under this key; null when the project was otherwise then.</summary>
    public AnalysedProject? Find(ProjectAnswer answer, string key)
    {
        lock (_lock)
            if (_known.TryGetValue((answer.Project, answer.Framework), out var known) && known.Key == key) return known;
        if (Load(answer) is not { } kept || kept.Key != key) return null;
        lock (_lock) _known[(answer.Project, answer.Framework)] = kept;
        return kept;
    }

    /// <summary>Keeps what was found now.</summary>
    public void Keep(ProjectAnswer answer, AnalysedProject analysed)
    {
        lock (_lock) _known[(answer.Project, answer.Framework)] = analysed;
        if (folder is not null) CacheFile.Write(PathOf(answer, "json"), JsonSerializer.SerializeToUtf8Bytes(analysed, CacheJson.Default.AnalysedProject));
    }

    /// <summary>What others saw of a project under this key; null when it was otherwise then.</summary>
    public string? FindSurface(ProjectAnswer answer, string key)
    {
        lock (_lock)
            if (_surfaces.TryGetValue((answer.Project, answer.Framework), out var known) && known.Key == key) return known.Surface;
        return folder is not null && FileText.Of(PathOf(answer, "surface")).Split(' ') is [var kept, var surface] && kept == key ? surface : null;
    }

    /// <summary>Keeps what others see of a project now.</summary>
    public void KeepSurface(ProjectAnswer answer, string key, string surface)
    {
        lock (_lock) _surfaces[(answer.Project, answer.Framework)] = (key, surface);
        if (folder is not null) CacheFile.Write(PathOf(answer, "surface"), Encoding.ASCII.GetBytes($"{key} {surface}"));
    }

    private AnalysedProject? Load(ProjectAnswer answer)
    {
        try
        {
            return folder is not null && File.Exists(PathOf(answer, "json")) ? JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(answer, "json")), CacheJson.Default.AnalysedProject) : null;
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string PathOf(ProjectAnswer answer, string kind) => Path.Combine(folder!, $"{ContentHashes.Of(new StringBuilder($"{answer.Project}\n{answer.Framework}"))[..32]}.{kind}");
}

/// <summary>What was found in a project that had no problem, and the key of all that it depends on.</summary>
/// <param name="Key">The key.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Suppressed">What is silenced.</param>
/// <param name="Libraries">The frameworks that it uses.</param>
/// <param name="Files">Its sources, absolute.</param>
internal sealed record AnalysedProject(
    string Key, IReadOnlyList<Finding> Findings, IReadOnlyList<SilencedDiagnostic> Suppressed, IReadOnlyList<string> Libraries, IReadOnlyList<string> Files)
{
    /// <summary>As a run's outcome.</summary>
    public RoslynOutcome Outcome => new(Findings, Suppressed, [], Libraries);
}
