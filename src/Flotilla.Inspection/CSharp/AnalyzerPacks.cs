using Flotilla.Core;

namespace Flotilla.Inspection.CSharp;

/// <summary>Analyser packages that are added to every project when a profile asks for them and restore has brought them.</summary>
internal static class AnalyzerPacks
{
    // The package whose folder holds the assemblies comes first: StyleCop's own only refers to another.
    private static readonly SortedDictionary<string, string[]> Packages = new(StringComparer.Ordinal)
    {
        ["sdk"] = [],
        ["roslynator"] = ["roslynator.analyzers"],
        ["sonar"] = ["sonaranalyzer.csharp"],
        ["meziantou"] = ["meziantou.analyzer"],
        ["stylecop"] = ["stylecop.analyzers.unstable", "stylecop.analyzers"],
    };

    private static readonly SortedDictionary<string, string> Ids = new(StringComparer.Ordinal)
    {
        ["roslynator"] = "Roslynator.Analyzers",
        ["sonar"] = "SonarAnalyzer.CSharp",
        ["meziantou"] = "Meziantou.Analyzer",
        ["stylecop"] = "StyleCop.Analyzers --prerelease",
    };

    /// <summary>The names of packs, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Packages.Keys];

    /// <summary>Where NuGet keeps packages: <c>NUGET_PACKAGES</c>, else <c>.nuget/packages</c> in the user's folder.</summary>
    public static string PackagesFolder => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given
        ? given
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The assemblies of packs; a pack that is not there, or not known, is a problem.</summary>
    /// <param name="packs">Names of packs.</param>
    /// <param name="folder">NuGet's folder of packages.</param>
    /// <param name="roslyn">The version of Roslyn that will load them.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> packs, string folder, Version roslyn, List<Problem> problems)
    {
        var found = new List<string>();
        foreach (var pack in packs)
        {
            if (!Packages.TryGetValue(pack, out var packages))
            {
                problems.Add(new Problem($"There is no analyser pack \"{pack}\".", Fix: Suggestion.Sentence(pack, Names)));
                continue;
            }
            var assemblies = packages.Select(package => Assemblies(Path.Combine(folder, package), roslyn)).FirstOrDefault(list => list.Count > 0);
            if (assemblies is not null) found.AddRange(assemblies);
            else if (packages.Length > 0)
                problems.Add(new Problem(
                    $"The analyser pack {pack} is not there.",
                    Why: $"{folder} has no {packages[^1]}.",
                    Fix: $"Run in any project: dotnet add package {Ids[pack]}"));
        }
        return found;
    }

    private static IReadOnlyList<string> Assemblies(string package, Version roslyn)
    {
        if (!Directory.Exists(package)) return [];
        return Directory.GetDirectories(package)
            .OrderByDescending(folder => Path.GetFileName(folder), PackageVersions.Instance)
            .Select(version => Path.Combine(version, "analyzers"))
            .Where(Directory.Exists)
            .Select(analyzers => Choose(analyzers, roslyn))
            .FirstOrDefault(list => list.Count > 0) ?? [];
    }

    // A package may hold one build for each version of Roslyn, in folders such as roslyn4.14; the newest that fits serves.
    private static IReadOnlyList<string> Choose(string analyzers, Version roslyn)
    {
        var all = Directory.GetFiles(analyzers, "*.dll", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".resources.dll", StringComparison.OrdinalIgnoreCase))
            .Where(path => !Parts(path, analyzers).Contains("vb", StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .ToArray();
        var best = all.Select(path => RoslynOf(path, analyzers)).Where(version => version is not null && version <= roslyn).Max();
        return [.. all.Where(path => Equals(RoslynOf(path, analyzers), best))];
    }

    private static string[] Parts(string path, string above) => Path.GetRelativePath(above, path).Split('/', '\\');

    private static Version? RoslynOf(string path, string above) => Parts(path, above)
        .Where(part => part.StartsWith("roslyn", StringComparison.OrdinalIgnoreCase))
        .Select(part => Version.TryParse(part.AsSpan("roslyn".Length), out var version) ? version : null)
        .FirstOrDefault();

    // Numbers first, then a release before its previews, then the previews' names.
    private sealed class PackageVersions : IComparer<string>
    {
        public static PackageVersions Instance { get; } = new();

        public int Compare(string? x, string? y)
        {
            var (first, second) = (Split(x!), Split(y!));
            var byNumber = Comparer<Version>.Default.Compare(first.Number, second.Number);
            if (byNumber != 0) return byNumber;
            var byKind = (first.Label.Length == 0).CompareTo(second.Label.Length == 0);
            return byKind != 0 ? byKind : string.CompareOrdinal(first.Label, second.Label);
        }

        private static (Version Number, string Label) Split(string text)
        {
            var dash = text.IndexOf('-', StringComparison.Ordinal);
            return (Version.TryParse(dash < 0 ? text : text[..dash], out var number) ? number : new Version(0, 0), dash < 0 ? "" : text[(dash + 1)..]);
        }
    }
}
