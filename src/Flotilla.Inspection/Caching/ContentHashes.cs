using System.Security.Cryptography;
using System.Text;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Files.Real;
using Flotilla.Inspection.Python;

namespace Flotilla.Inspection.Caching;

/// <summary>What findings depend on, as hashes: a file's content, what it imports, everything. Tools that run beside each other ask for them.</summary>
/// <param name="tree">What is inspected.</param>
/// <param name="around">All that is in the root, also what is left out: inspected modules import it, and tools read it then.</param>
internal sealed class ContentHashes(SourceTree tree, SourceTree around)
{
    private readonly Dictionary<string, (string Hash, FileMark Mark)> _ofFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _withImports = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Lazy<ImportGraph> _graph = new(() => Graph(tree, around));
    private readonly Lazy<string> _roots = new(() => string.Join('\n', PackageRoots.Of(tree)));

    /// <summary>SHA-256 of a file of the tree, or of any file by its full path; of nothing when it is not there.</summary>
    public string Of(string fullPath)
    {
        lock (_lock)
            if (_ofFile.TryGetValue(fullPath, out var known)) return known.Hash;
        // Before its content is read, so that a change in between is a change.
        var mark = FileMark.Of(fullPath);
        var hash = Read(fullPath) is { } bytes ? Convert.ToHexString(SHA256.HashData(bytes)) : "absent";
        lock (_lock) return (_ofFile[fullPath] = (hash, mark)).Hash;
    }

    /// <summary>Whether every file is still as it was when it was hashed: what a tool said meanwhile is of these contents.</summary>
    public bool StillHold()
    {
        List<(string Path, FileMark Mark)> all;
        lock (_lock) all = [.. _ofFile.Select(file => (file.Key, file.Value.Mark))];
        return all.TrueForAll(file => FileMark.Of(file.Path) == file.Mark);
    }

    /// <summary>The same, as the files are now.</summary>
    public ContentHashes Anew() => new(tree, around);

    /// <summary>A file, the files around that it imports, directly or not, the packages that they are in, and the folders that modules are looked for in.</summary>
    public string WithImports(SourceFile file)
    {
        lock (_lock)
            if (_withImports.TryGetValue(file.Path, out var known)) return known;
        var hash = Of(Contents(_graph.Value.Reach(file.Path)).Append(_roots.Value));
        lock (_lock) return _withImports[file.Path] = hash;
    }

    /// <summary>Some files together, and all that they import.</summary>
    public string WithImports(IReadOnlyList<SourceFile> files)
    {
        var paths = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        if (files.Any(file => file.Language == Languages.Python)) paths.UnionWith(files.SelectMany(file => _graph.Value.Reach(file.Path)));
        return Of(Contents(paths).AppendJoin('\n', files.Select(file => file.Path)));
    }

    /// <summary>Modules by their dotted names, as far as the project has them, and all that they import.</summary>
    public string WithImports(IReadOnlyList<string> modules) =>
        modules.Count == 0 ? "" : Of(Contents(modules.SelectMany(_graph.Value.Named).SelectMany(_graph.Value.Reach)));

    /// <summary>All of some files, their paths included.</summary>
    public string Of(IEnumerable<SourceFile> files)
    {
        var text = new StringBuilder();
        foreach (var file in files) text.Append(file.Path).Append(' ').Append(Of(file.FullPath)).Append('\n');
        return Of(text);
    }

    /// <summary>Every module that could be imported.</summary>
    public string OfModules() => Of(around.Of(Languages.Python));

    /// <summary>The hash of a text.</summary>
    public static string Of(StringBuilder text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

    private StringBuilder Contents(IEnumerable<string> paths)
    {
        var text = new StringBuilder();
        foreach (var path in paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) text.Append(path).Append(' ').Append(Of(Path.Combine(tree.Root, path))).Append('\n');
        return text;
    }

    // Which of several modules of one name a tool takes is its own affair: the file depends on them all.
    private static ImportGraph Graph(SourceTree tree, SourceTree around) => new(
        tree.Of(Languages.Python).Concat(around.Of(Languages.Python)).DistinctBy(file => file.Path).ToDictionary(
            file => file.Path, file => PythonImports.Of(new PythonSource(FileText.Of(file.FullPath))), StringComparer.Ordinal), everyCandidate: true);

    private static byte[]? Read(string fullPath)
    {
        try
        {
            return File.Exists(fullPath) ? RegularFile.Read(fullPath) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
