namespace Flotilla.Inspection.Python;

/// <summary>Which files of a project import which others.</summary>
internal sealed class ImportGraph
{
    private readonly Dictionary<string, List<string>> _byModule = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, IReadOnlyList<ImportEdge>> _edges = new(StringComparer.Ordinal);
    private readonly bool _everyCandidate;

    /// <param name="imports">Each Python file's path, relative to the root, and its imports.</param>
    /// <param name="everyCandidate">Whether an import leads to every file that it may mean, not only to the likeliest, and each file to its package.</param>
    public ImportGraph(IReadOnlyDictionary<string, IReadOnlyList<PythonImport>> imports, bool everyCandidate = false)
    {
        _everyCandidate = everyCandidate;
        // A package may stand below any folder that is on the path of modules, so a file is known by every end of its dotted name.
        foreach (var path in imports.Keys.Order(StringComparer.Ordinal))
        {
            var name = PythonModule.Name(path);
            for (var at = 0; at >= 0; at = name.IndexOf('.', at) is var dot and >= 0 ? dot + 1 : -1)
            {
                var end = name[at..];
                if (!_byModule.TryGetValue(end, out var files)) _byModule[end] = files = [];
                files.Add(path);
            }
        }
        foreach (var (path, found) in imports) _edges[path] = [.. found.SelectMany(import => Targets(path, import)).Distinct()];
        if (!everyCandidate) return;
        foreach (var path in imports.Keys)
            if (PackageOf(path) is { } package && imports.ContainsKey(package)) _edges[path] = [.. _edges[path], new ImportEdge(path, package, 0, WhenImported: false)];
    }

    // Importing a module imports its package first, and all that this imports.
    private static string? PackageOf(string path)
    {
        var folder = path[..(path.LastIndexOf('/') + 1)];
        if (path[folder.Length..] == PackageRoots.PackageFile) folder = folder.Length == 0 ? "" : folder[..(folder.LastIndexOf('/', folder.Length - 2) + 1)];
        return folder + PackageRoots.PackageFile is var package && package != path ? package : null;
    }

    /// <summary>The files that a dotted name may mean.</summary>
    public IReadOnlyList<string> Named(string module) => _byModule.GetValueOrDefault(module, []);

    /// <summary>What a file imports directly.</summary>
    public IReadOnlyList<ImportEdge> From(string path) => _edges.GetValueOrDefault(path, []);

    /// <summary>Every file of the project that a file imports, directly or not, itself included; sorted.</summary>
    public IReadOnlyCollection<string> Reach(string path)
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal) { path };
        var waiting = new Stack<string>([path]);
        while (waiting.TryPop(out var at))
            foreach (var edge in From(at))
                if (reached.Add(edge.To)) waiting.Push(edge.To);
        return reached;
    }

    /// <summary>
    /// Cycles of imports that happen when the modules are imported, one for each set of modules that reach each other: the shortest through its
    /// first module in the order of names. The same tree gives the same cycles, whatever the order of files.
    /// </summary>
    public IEnumerable<IReadOnlyList<ImportEdge>> Cycles()
    {
        var settled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in _edges.Keys)
        {
            if (settled.Contains(start) || Shortest(start) is not { } cycle) continue;
            yield return cycle;
            settled.UnionWith(Together(start));
        }
    }

    private IReadOnlyList<ImportEdge>? Shortest(string start)
    {
        var cameBy = new Dictionary<string, ImportEdge>(StringComparer.Ordinal);
        var waiting = new Queue<string>([start]);
        while (waiting.TryDequeue(out var at))
            foreach (var edge in From(at).Where(edge => edge.WhenImported))
            {
                if (edge.To == start)
                {
                    var cycle = new List<ImportEdge> { edge };
                    for (var back = at; back != start; back = cameBy[back].From) cycle.Add(cameBy[back]);
                    cycle.Reverse();
                    return cycle;
                }
                if (cameBy.TryAdd(edge.To, edge)) waiting.Enqueue(edge.To);
            }
        return null;
    }

    // The strongly connected component: what is reached, and reaches back.
    private HashSet<string> Together(string start)
    {
        var back = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var edge in _edges.Values.SelectMany(edges => edges).Where(edge => edge.WhenImported))
        {
            if (!back.TryGetValue(edge.To, out var sources)) back[edge.To] = sources = [];
            sources.Add(edge.From);
        }
        var forward = Closure(start, at => From(at).Where(edge => edge.WhenImported).Select(edge => edge.To));
        forward.IntersectWith(Closure(start, at => back.GetValueOrDefault(at, [])));
        return forward;
    }

    private static HashSet<string> Closure(string start, Func<string, IEnumerable<string>> next)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { start };
        var waiting = new Stack<string>([start]);
        while (waiting.TryPop(out var at))
            foreach (var to in next(at))
                if (reached.Add(to)) waiting.Push(to);
        return reached;
    }

    private IEnumerable<ImportEdge> Targets(string path, PythonImport import)
    {
        var module = import.Module;
        if (import.Level > 0)
        {
            // One dot is the package of the file.
            var package = path.Split('/')[..^1];
            // What stands above all that is known is found by the end of its name.
            if (import.Level - 1 > package.Length && !_everyCandidate) yield break;
            module = string.Join('.', package[..Math.Max(0, package.Length - import.Level + 1)].Append(module).Where(part => part.Length > 0));
        }
        var names = import.Names.Select(name => $"{module}.{name}".TrimStart('.')).ToList();
        // Importing a.b.c imports a and a.b first.
        var parts = module.Split('.', StringSplitOptions.RemoveEmptyEntries);
        for (var length = 1; length <= parts.Length; length++) names.Add(string.Join('.', parts[..length]));
        foreach (var name in names)
            foreach (var to in Resolve(path, name, import.Level > 0))
                if (to != path) yield return new ImportEdge(path, to, import.Line, import.WhenImported && to == Main(path, module, import));
    }

    // The module that the statement names, not the packages that come with it: those are no cycles of anybody's making.
    private string? Main(string path, string module, PythonImport import) =>
        import.Names.Select(name => Resolve(path, $"{module}.{name}".TrimStart('.'), import.Level > 0).FirstOrDefault()).FirstOrDefault(found => found is not null)
        ?? Resolve(path, module, import.Level > 0).FirstOrDefault();

    private IEnumerable<string> Resolve(string from, string name, bool relative)
    {
        if (name.Length == 0 || !_byModule.TryGetValue(name, out var files)) return [];
        if (_everyCandidate) return files;
        if (relative) return files.Where(file => PythonModule.Name(file) == name);
        // Of several with the same end, the one that shares most of the path.
        var best = files.Max(file => Shared(file, from));
        return files.Where(file => Shared(file, from) == best).Take(1);
    }

    private static int Shared(string a, string b)
    {
        var length = 0;
        while (length < a.Length && length < b.Length && a[length] == b[length]) length++;
        return length;
    }
}

/// <summary>A file imports another at a line.</summary>
internal sealed record ImportEdge(string From, string To, int Line, bool WhenImported);
