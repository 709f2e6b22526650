using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flotilla.Inspection.Caching;

/// <summary>What one tool said of each file, and the key under which it said so.</summary>
internal sealed class ToolCache
{
    private readonly string? _file;
    private readonly Dictionary<string, CachedFile> _entries;
    private readonly ToolCache? _beside;

    private ToolCache(string? file, Dictionary<string, CachedFile> entries, ToolCache? beside) => (_file, _entries, _beside) = (file, entries, beside);

    /// <summary>Reads a tool's cache; one that is not there or not understood is empty.</summary>
    /// <param name="folder">The cache of a tree; null keeps nothing.</param>
    /// <param name="tool">The tool's name.</param>
    /// <param name="besideFolder">The cache of another tree, which is read only; null for none.</param>
    public static ToolCache Open(string? folder, string tool, string? besideFolder = null)
    {
        var beside = besideFolder is null ? null : Open(besideFolder, tool);
        if (folder is null) return new ToolCache(null, [], beside);
        var file = Path.Combine(folder, string.Concat(tool.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')) + ".json");
        try
        {
            if (File.Exists(file) && JsonSerializer.Deserialize(File.ReadAllBytes(file), CacheJson.Default.DictionaryStringCachedFile) is { } entries) return new ToolCache(file, entries, beside);
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            // It is made again.
        }
        return new ToolCache(file, [], beside);
    }

    /// <summary>What was said of a file (or of all, under an empty path) when everything was as the key says; null when it was otherwise.</summary>
    public CachedFile? Find(string path, string key) => _entries.GetValueOrDefault(path) is { } entry && entry.Key == key ? entry : _beside?.Find(path, key);

    /// <summary>Keeps what was said now, and what was said before of others that are still there.</summary>
    /// <param name="said">What was said now.</param>
    /// <param name="isThere">Whether what has this path could be asked about again.</param>
    public void Keep(IReadOnlyDictionary<string, CachedFile> said, Func<string, bool> isThere)
    {
        if (_file is null) return;
        var entries = new SortedDictionary<string, CachedFile>(StringComparer.Ordinal);
        foreach (var (path, entry) in _entries.Where(entry => !said.ContainsKey(entry.Key) && isThere(entry.Key)).Concat(said)) entries[path] = entry;
        CacheFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(entries, CacheJson.Default.IReadOnlyDictionaryStringCachedFile));
    }
}

/// <summary>A tool's findings of a file and the key of what they depend on.</summary>
internal sealed record CachedFile(string Key, IReadOnlyList<Finding> Findings, IReadOnlyList<SuppressedFinding> Suppressed, IReadOnlyList<string> Libraries);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Dictionary<string, CachedFile>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, CachedFile>))]
[JsonSerializable(typeof(Dictionary<string, KnownVersion>))]
[JsonSerializable(typeof(CachedReport))]
[JsonSerializable(typeof(CSharp.Real.AnalysedProject))]
internal sealed partial class CacheJson : JsonSerializerContext;
