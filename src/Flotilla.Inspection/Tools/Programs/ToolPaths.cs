using System.Globalization;
using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Tools.Programs;

/// <summary>Brings the paths that tools print back to those of the tree.</summary>
internal sealed class ToolPaths(SourceTree tree)
{
    private readonly HashSet<string> _known = [.. tree.Files.Select(file => file.Path)];

    /// <summary>A path as an argument that no program takes for an option.</summary>
    public static string Argument(string path) => path.StartsWith('-') ? "./" + path : path;

    /// <summary>
    /// Where a tool looks for files of its own that count for what is below them: in every folder from the root down to a file of a language, and above the
    /// root, of which those are named that are there.
    /// </summary>
    public static IReadOnlyList<string> Above(SourceTree tree, string language, params ReadOnlySpan<string> names)
    {
        var folders = new SortedSet<string>(StringComparer.Ordinal) { tree.Root };
        foreach (var file in tree.Of(language))
            for (var folder = Path.GetDirectoryName(file.FullPath); folder is not null && folder.StartsWith(tree.Root, StringComparison.Ordinal) && folders.Add(folder); folder = Path.GetDirectoryName(folder))
            {
            }
        var paths = new List<string>();
        foreach (var folder in folders)
            foreach (var name in names) paths.Add(Path.Combine(folder, name));
        paths.AddRange(AboveRoot(tree, names));
        return paths;
    }

    /// <summary>Files of a tool's own in the folders above the root that are there.</summary>
    public static IReadOnlyList<string> AboveRoot(SourceTree tree, params ReadOnlySpan<string> names)
    {
        var paths = new List<string>();
        for (var folder = Path.GetDirectoryName(tree.Root); folder is not null; folder = Path.GetDirectoryName(folder))
            foreach (var name in names)
                if (Path.Combine(folder, name) is var path && File.Exists(path)) paths.Add(path);
        return paths;
    }

    /// <summary>Files of a tool's own in the user's home that are there.</summary>
    /// <param name="configured">Relative to the folder of configurations, <c>XDG_CONFIG_HOME</c> or else <c>~/.config</c>.</param>
    /// <param name="home">Relative to the home.</param>
    public static IEnumerable<string> OfUser(IReadOnlyList<string> configured, params IReadOnlyList<string> home)
    {
        var folder = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } set ? set : null;
        var configurations = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } chosen ? chosen : folder is null ? null : Path.Combine(folder, ".config");
        IEnumerable<string> files = configurations is null ? [] : configured.Select(name => Path.Combine(configurations, name));
        return files.Concat(folder is null ? [] : home.Select(name => Path.Combine(folder, name))).Where(File.Exists);
    }

    /// <summary>The path in the tree, whether the tool printed it relative to the root, with a leading <c>./</c>, or absolute.</summary>
    public string Of(string printed)
    {
        var path = printed.StartsWith("./", StringComparison.Ordinal) ? printed[2..] : printed;
        return _known.Contains(path) || !Path.IsPathRooted(path) ? path : tree.Inside(path);
    }

    /// <summary>Whether the tree has the file: a tool may also speak of its own command line.</summary>
    public bool Has(string path) => _known.Contains(path);

    /// <summary>
    /// Splits <c>path:line:rest</c>. A path may hold colons itself: the split whose path the tree has is taken, else the first with a number.
    /// Null for a line of another shape.
    /// </summary>
    public (string Path, int Line, string Text)? Split(string printed)
    {
        (string, int, string)? first = null;
        for (var at = printed.IndexOf(':'); at >= 0; at = printed.IndexOf(':', at + 1))
        {
            var end = at + 1;
            while (end < printed.Length && char.IsAsciiDigit(printed[end])) end++;
            if (end == at + 1 || (end < printed.Length && printed[end] is not (':' or ' '))) continue;
            if (!int.TryParse(printed.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line)) continue;
            var path = Of(printed[..at]);
            var rest = end < printed.Length ? printed[(end + 1)..] : "";
            if (Has(path)) return (path, line, rest);
            first ??= (path, line, rest);
        }
        return first;
    }
}
