namespace Flotilla.Inspection.CSharp;

/// <summary>What a design-time build says of one project and one target framework.</summary>
/// <remarks>
/// Its text form has one fact a line, the kind first, then its values after tabs; the line <c>project</c> starts an answer.
/// The targets of the design-time build write it, and a cache keeps it, in that form.
/// </remarks>
internal sealed record ProjectAnswer
{
    /// <summary>The project file, or the file of a file-based program; absolute.</summary>
    public required string Project { get; init; }

    /// <summary>The target framework; empty when the project names none.</summary>
    public string Framework { get; init; } = "";

    /// <summary>The compiler's arguments, relative paths being relative to the project's folder.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>References among <see cref="Arguments"/> that another project builds: the path, and the project.</summary>
    public IReadOnlyList<(string Path, string Project)> Outputs { get; init; } = [];

    /// <summary>The projects referenced, directly or not.</summary>
    public IReadOnlyList<ProjectLink> References { get; init; } = [];

    /// <summary>Ids of the packages that the project itself names.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>The shared frameworks it runs on, such as <c>Microsoft.AspNetCore.App</c>.</summary>
    public IReadOnlyList<string> FrameworkReferences { get; init; } = [];

    /// <summary>Restore's result file; empty when the project names none.</summary>
    public string AssetsFile { get; init; } = "";

    /// <summary>The folder that relative arguments are relative to.</summary>
    public string Folder => Path.GetDirectoryName(Project)!;

    /// <summary>Analyser assemblies, as the arguments name them, made absolute.</summary>
    public IEnumerable<string> AnalyzerPaths => Values("/analyzer:", "/a:").Select(path => Path.GetFullPath(path.Trim('"'), Folder));

    /// <summary>Configuration files of analysers, made absolute.</summary>
    public IEnumerable<string> ConfigPaths => Values("/analyzerconfig:").Select(path => Path.GetFullPath(path.Trim('"'), Folder));

    /// <summary>Reads the text form, which may hold several answers.</summary>
    public static IReadOnlyList<ProjectAnswer> Parse(IEnumerable<string> lines)
    {
        var answers = new List<ProjectAnswer>();
        var facts = new List<string[]>();
        foreach (var line in lines)
        {
            var parts = line.Split('\t');
            if (parts[0] == "project" && facts.Count > 0) answers.Add(From(facts));
            if (parts[0] == "project") facts.Clear();
            if (parts.Length > 1 && (facts.Count > 0 || parts[0] == "project")) facts.Add(parts);
        }
        if (facts.Count > 0) answers.Add(From(facts));
        return answers;
    }

    /// <summary>The text form.</summary>
    public IEnumerable<string> ToLines()
    {
        yield return $"project\t{Project}";
        yield return $"framework\t{Framework}";
        yield return $"assets\t{AssetsFile}";
        foreach (var argument in Arguments) yield return $"argument\t{argument}";
        foreach (var (path, project) in Outputs) yield return $"output\t{path}\t{project}";
        foreach (var link in References) yield return $"reference\t{link.Project}\t{(link.IsCompiledAgainst ? "" : "false")}\t{(link.IsAnalyzer ? "Analyzer" : "")}";
        foreach (var package in Packages) yield return $"package\t{package}";
        foreach (var name in FrameworkReferences) yield return $"frameworkreference\t{name}";
    }

    private static ProjectAnswer From(List<string[]> facts) => new()
    {
        Project = RealProject(facts[0][1]),
        Framework = Of(facts, "framework").FirstOrDefault()?[1] ?? "",
        AssetsFile = Of(facts, "assets").FirstOrDefault()?[1] ?? "",
        // Which language messages are in: the compiler calls each one invalid where cultures are invariant, as they are here.
        Arguments = [.. Of(facts, "argument").Select(fact => fact[1]).Where(argument => !argument.StartsWith("/preferreduilang", StringComparison.Ordinal))],
        Outputs = [.. Of(facts, "output").Where(fact => fact.Length > 2).Select(fact => (fact[1], fact[2]))],
        References = [.. Of(facts, "reference").Where(fact => fact.Length > 3).Select(fact => new ProjectLink(
            fact[1],
            !fact[2].Equals("false", StringComparison.OrdinalIgnoreCase),
            fact[3].Equals("Analyzer", StringComparison.OrdinalIgnoreCase)))],
        Packages = [.. Of(facts, "package").Select(fact => fact[1])],
        FrameworkReferences = [.. Of(facts, "frameworkreference").Select(fact => fact[1])],
    };

    private static IEnumerable<string[]> Of(List<string[]> facts, string kind) => facts.Where(fact => fact[0] == kind);

    // The project of a file-based program is virtual: the program's path with a suffix.
    private static string RealProject(string project) =>
        project.EndsWith(".cs.csproj", StringComparison.Ordinal) ? project[..^".csproj".Length] : project;

    private IEnumerable<string> Values(params string[] prefixes) =>
        Arguments.SelectMany(argument => prefixes
            .Where(prefix => argument.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(prefix => argument[prefix.Length..]));
}

/// <summary>A reference from one project to another.</summary>
/// <param name="Project">The project file, absolute.</param>
/// <param name="IsCompiledAgainst">Whether the compiler sees its output.</param>
/// <param name="IsAnalyzer">Whether its output analyses or generates code of the one that refers to it.</param>
internal sealed record ProjectLink(string Project, bool IsCompiledAgainst, bool IsAnalyzer);
