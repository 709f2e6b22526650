using Flotilla.Core;

namespace Flotilla.Inspection.Profiles;

/// <summary>Finds profiles: by themselves, by name, by path, in installed packages, and among the built-in ones.</summary>
internal sealed class ProfileLibrary
{
    /// <summary>Where a profile is looked for when none is named: Flotilla's own file first, then Prospector's names in its order.</summary>
    public static readonly string[] AutoLoaded =
    [
        ".flotilla/inspect.yaml", ".flotilla/inspect.yml",
        .. ((string[])["", "prospector/", ".prospector/"]).SelectMany(folder =>
            (folder.Length == 0 ? (string[])[".landscape.yml", ".landscape.yaml", "landscape.yml", "landscape.yaml"] : [])
            .Concat([".prospector.yaml", ".prospector.yml", "prospector.yaml", "prospector.yml"])
            .Select(name => folder + name)),
    ];

    private static readonly string[] Suffixes = [".yml", ".yaml"];

    private readonly IReadOnlyList<string> _roots;
    private readonly IReadOnlyList<string> _folders;
    private readonly IReadOnlyList<string> _sitePackages;
    private readonly IReadOnlyList<string> _tools;
    private readonly ProfileFindings _findings;
    private readonly List<string> _files;
    private readonly Dictionary<string, ProfileFile> _read = new(StringComparer.Ordinal);

    /// <param name="roots">The working directory, and the inspected folder where it is another.</param>
    /// <param name="profilePath">Folders to look in first.</param>
    /// <param name="sitePackages">Folders of installed packages.</param>
    /// <param name="tools">Tools that profiles may speak to.</param>
    /// <param name="findings">Gets what is wrong inside of profiles.</param>
    /// <param name="files">Gets every path that was looked at, whether it exists or not.</param>
    public ProfileLibrary(IReadOnlyList<string> roots, IReadOnlyList<string> profilePath, IReadOnlyList<string> sitePackages, IReadOnlyList<string> tools, ProfileFindings findings, List<string> files)
    {
        (_roots, _sitePackages, _tools, _findings, _files) = (roots, sitePackages, tools, findings, files);
        _folders =
        [
            .. profilePath.Select(folder => Path.GetFullPath(folder, roots[0])),
            .. roots.SelectMany(root => (string[])[Path.Combine(root, ".flotilla"), Path.Combine(root, ".prospector"), root]),
        ];
    }

    /// <summary>The profile of the working directory, else that of what is inspected; null when neither has one.</summary>
    public ProfileFile? FindAutoLoaded()
    {
        foreach (var root in _roots)
        {
            foreach (var name in AutoLoaded)
                if (Exists(Path.Combine(root, name))) return ReadFile(name, Path.Combine(root, name));
            if (FromPyProject(Path.Combine(root, PyProject.FileName)) is { } table) return table;
        }
        return null;
    }

    /// <summary>A profile by name or path, as <c>inherits</c> and the command line name it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="from">The profile that names it; null for the command line.</param>
    public ProfileFile? Find(string name, ProfileFile? from)
    {
        if (name.Length == 0 || name.Contains('\0')) return null;
        if (from is { IsBuiltIn: true }) return BuiltInProfiles.Find(name);
        foreach (var path in Paths(name))
            if (Exists(path)) return ReadFile(name, path);
        if (BuiltInProfiles.Find(name) is { } builtIn) return builtIn;
        // Beyond Prospector, a file finds others beside it.
        if (from?.Path is { } file)
            foreach (var path in WithSuffix(Path.GetFullPath(name, Path.GetDirectoryName(file)!)))
                if (Exists(path)) return ReadFile(name, path);
        foreach (var path in PackagePaths(name))
            if (Exists(path)) return ReadFile(name, path);
        return null;
    }

    /// <summary>That a profile is not there: where it was looked for, and what was probably meant.</summary>
    public Problem Missing(string name, SourceLocation? where)
    {
        var places = string.Join(", ", _folders.Concat(_sitePackages).Distinct(StringComparer.Ordinal).Select(Shown));
        return new Problem(
            $"The profile \"{name}\" is not there.", where,
            $"It was looked for in {places}, among the built-in ones, and as the Python package {Package(name)}{(_sitePackages.Count == 0 ? ", for which no folder of installed packages is known" : "")}.",
            Suggestion.For(name, Available()) is { } near ? $"Did you mean \"{near}\"?" : $"Write the file, name its folder with --profile-path, or take one of: {string.Join(", ", BuiltInProfiles.Names)}.");
    }

    private ProfileFile ReadFile(string name, string path)
    {
        var full = Path.GetFullPath(path);
        if (_read.TryGetValue(full, out var known)) return known;
        var shown = _findings.Shown(full);
        return _read[full] = new ProfileReader(name, full, _tools, _findings).Read(SafeYaml.Load(full, shown, BoundedText.Read(full, shown)));
    }

    private ProfileFile? FromPyProject(string path)
    {
        _files.Add(path);
        var table = PyProject.Table(path, _findings.Shown(path), "prospector");
        if (table?.Entries is null) return null;
        var profile = table.Entries.Where(entry => IsOfProfile(entry.Key)).Select(entry => entry.Key is "profile" or "profiles" ? entry with { Key = "inherits" } : entry).ToList();
        return profile.Count == 0 ? null : new ProfileReader(PyProject.FileName, path, _tools, _findings).Read(table with { Entries = profile });
    }

    private static bool IsOfProfile(string key) => key is "profile" or "profiles" || ProfileKeys.General.Contains(key) || !OptionNames.All.Contains(OptionNames.Normal(key));

    private IEnumerable<string> Paths(string name) => Path.IsPathRooted(name) ? WithSuffix(name) : _folders.SelectMany(folder => WithSuffix(Path.Combine(folder, name)));

    private static IEnumerable<string> WithSuffix(string path) => Suffixes.Contains(Path.GetExtension(path)) ? [path] : Suffixes.Select(suffix => path + suffix);

    private IEnumerable<string> PackagePaths(string name)
    {
        var file = name.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? name[(colon + 1)..] : "prospector";
        if (Package(name).Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '_')) return [];
        return _sitePackages.SelectMany(folder => ((string[])[".yaml", ".yml"]).Select(suffix => Path.Combine(folder, Package(name), file + suffix)));
    }

    private static string Package(string name) => "prospector_profile_" + name.Split(':')[0].Replace('-', '_');

    private bool Exists(string path)
    {
        var full = Path.GetFullPath(path);
        _files.Add(full);
        return File.Exists(full) || Directory.Exists(full) && Suffixes.Contains(Path.GetExtension(full));
    }

    private IEnumerable<string> Available() =>
        BuiltInProfiles.Names.Concat(_folders.Where(Directory.Exists).SelectMany(Listed).Order(StringComparer.Ordinal)).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Listed(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder).Where(file => Suffixes.Contains(Path.GetExtension(file))).Select(file => Path.GetFileNameWithoutExtension(file)).ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private string Shown(string folder)
    {
        var relative = Path.GetRelativePath(_roots[0], folder).Replace('\\', '/');
        return relative == "." ? "the working directory" : relative.StartsWith("../", StringComparison.Ordinal) ? folder : relative;
    }
}
