namespace Flotilla.Inspection.Changes;

/// <summary>Brings the paths of the tree and of its base together.</summary>
/// <param name="top">The top of the work tree, absolute.</param>
/// <param name="prefix">The folder under inspection relative to the top, ending with <c>/</c>; empty for the top.</param>
/// <param name="baseTop">The top of the base's files, absolute.</param>
/// <param name="renamed">Names now and in the base, relative to the top.</param>
internal sealed class BaseNames(string top, string prefix, string baseTop, IReadOnlyDictionary<string, string> renamed)
{
    private readonly Dictionary<string, string> _before = renamed.ToDictionary(pair => Relative(pair.Key, prefix, top), pair => Relative(pair.Value, prefix, baseTop), StringComparer.Ordinal);
    private readonly Dictionary<string, string> _now = renamed.ToDictionary(pair => Relative(pair.Value, prefix, baseTop), pair => Relative(pair.Key, prefix, top), StringComparer.Ordinal);

    /// <summary>The name now of a path that a finding of the base gives.</summary>
    public string Now(string path) => _now.TryGetValue(path, out var now) ? now : Moved(path, baseTop, top);

    /// <summary>The name in the base of a path that a finding gives.</summary>
    public string Before(string path) => _before.TryGetValue(path, out var before) ? before : Moved(path, top, baseTop);

    /// <summary>
    /// What of the request's paths the base has, with the old names of files that are below them now. They are relative to the base's root, so that they
    /// are the same each time though its folder is not.
    /// </summary>
    public IReadOnlyList<string> Paths(InspectionRequest request)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        var baseRoot = Path.TrimEndingDirectorySeparator(Path.Combine(baseTop, prefix));
        foreach (var path in request.Paths)
        {
            // The top has no symbolic links in it; the root may.
            var full = Path.GetFullPath(Path.Combine(top, prefix, Path.GetRelativePath(request.Root, Path.GetFullPath(path, request.Root))));
            var then = Moved(full, top, baseTop);
            if (Path.Exists(then)) paths.Add(FromRoot(then));
            foreach (var (now, before) in renamed)
            {
                var fullNow = Path.Combine(top, now);
                if (fullNow == full || fullNow.StartsWith(full + "/", StringComparison.Ordinal)) paths.Add(FromRoot(Path.Combine(baseTop, before)));
            }
        }
        if (request.Paths.Count > 0) return [.. paths];
        // A file that came from outside of the folder under inspection.
        var came = renamed.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && !pair.Value.StartsWith(prefix, StringComparison.Ordinal)).Select(pair => FromRoot(Path.Combine(baseTop, pair.Value))).ToList();
        return came.Count == 0 ? [] : [".", .. came];

        string FromRoot(string full) => Path.GetRelativePath(baseRoot, full);
    }

    // Findings give paths outside of the root as absolute ones.
    private static string Relative(string path, string prefix, string top) => path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : Path.Combine(top, path);

    private static string Moved(string path, string from, string to) => path == from ? to : path.StartsWith(from + "/", StringComparison.Ordinal) ? to + path[from.Length..] : path;
}
