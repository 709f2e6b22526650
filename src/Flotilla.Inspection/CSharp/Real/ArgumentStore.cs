using System.Text;
using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Caching;
using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>Answers of design-time builds, kept in memory and, when a folder is given, on disk, as long as they hold.</summary>
/// <remarks>
/// An answer holds while the project's own inputs, restore's result and the inputs of the projects that it refers to are what
/// they were, and every file that the arguments name besides sources is there.
/// </remarks>
internal sealed class ArgumentStore(string? folder)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Answers for projects, and for the projects that they refer to.</summary>
    public async Task<(IReadOnlyList<ProjectAnswer> Answers, IReadOnlyList<Problem> Problems)> FindAsync(
        IMachine machine,
        string root,
        IReadOnlyList<string> projects,
        IReadOnlyDictionary<string, string> properties,
        int parallelism,
        TimeSpan timeout,
        bool keep,
        CancellationToken cancellationToken)
    {
        var answers = new SortedDictionary<string, IReadOnlyList<ProjectAnswer>>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        var salt = string.Join(';', properties.Select(property => $"{property.Key}={property.Value}"));
        string HashOf(string project) => hashes.TryGetValue(project, out var known) ? known : hashes[project] = ProjectInputs.Hash(project, salt);

        var wanted = projects.ToArray();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        while (wanted.Length > 0)
        {
            asked.UnionWith(wanted);
            var unknown = new List<string>();
            foreach (var project in wanted)
            {
                if (Known(project, HashOf) is { } known) answers[project] = known;
                else unknown.Add(project);
            }
            if (unknown.Count > 0)
            {
                var (found, wrong) = await DesignTimeBuild.AskAsync(machine, root, unknown, properties, parallelism, timeout, cancellationToken).ConfigureAwait(false);
                problems.AddRange(wrong);
                foreach (var group in found.GroupBy(answer => answer.Project, StringComparer.Ordinal))
                {
                    answers[group.Key] = [.. group];
                    Keep(group.Key, [.. group], HashOf, keep);
                }
            }
            // A project outside of the inspection is compiled from its sources when its output is not there.
            wanted = answers.Values.SelectMany(found => found).SelectMany(Unbuilt)
                .Where(project => !asked.Contains(project)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        }
        return ([.. answers.Values.SelectMany(found => found)], problems);
    }

    /// <summary>The answers last given for a project; empty when there is none.</summary>
    public IReadOnlyList<ProjectAnswer> Last(string project)
    {
        lock (_lock) return _entries.TryGetValue(project, out var entry) ? entry.Answers : [];
    }

    private static IEnumerable<string> Unbuilt(ProjectAnswer answer) => answer.References
        .Where(link => link.IsCompiledAgainst && File.Exists(link.Project) && link.Project.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase))
        .Where(link => !answer.Outputs.Any(output => output.Project == link.Project && File.Exists(output.Path)))
        .Select(link => link.Project);

    private IReadOnlyList<ProjectAnswer>? Known(string project, Func<string, string> hashOf)
    {
        Entry? entry;
        lock (_lock) _entries.TryGetValue(project, out entry);
        var hash = hashOf(project);
        if (entry is null || entry.Hash != hash) entry = Load(project, hash);
        if (entry is null || !entry.Holds(hashOf)) return null;
        lock (_lock) _entries[project] = entry;
        return entry.Answers;
    }

    private void Keep(string project, IReadOnlyList<ProjectAnswer> answers, Func<string, string> hashOf, bool onDisk)
    {
        var dependencies = answers.SelectMany(answer => answer.References).Select(link => link.Project).Where(File.Exists)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(path => (path, hashOf(path)))
            .Concat(answers.Select(answer => answer.AssetsFile).Where(path => path.Length > 0).Distinct(StringComparer.Ordinal).Select(path => (path, ProjectInputs.HashOf(path))))
            .ToArray();
        var entry = new Entry(hashOf(project), dependencies, answers);
        lock (_lock) _entries[project] = entry;
        if (folder is null || !onDisk) return;
        IEnumerable<string> lines = [Head(entry.Hash), .. dependencies.Select(dependency => $"depends\t{dependency.Item1}\t{dependency.Item2}"), .. answers.SelectMany(answer => answer.ToLines())];
        CacheFile.Write(PathOf(project), Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }

    private Entry? Load(string project, string hash)
    {
        if (folder is null) return null;
        var lines = FileText.Of(PathOf(project)).Split('\n');
        if (lines[0] != Head(hash)) return null;
        var dependencies = lines.Select(line => line.Split('\t')).Where(parts => parts is ["depends", _, _]).Select(parts => (parts[1], parts[2])).ToArray();
        var answers = ProjectAnswer.Parse(lines.Where(line => !line.StartsWith("depends\t", StringComparison.Ordinal)));
        return answers.Count > 0 && answers.All(answer => answer.Project == project) ? new Entry(hash, dependencies, answers) : null;
    }

    private static string Head(string hash) => $"hash\t{hash}";

    private string PathOf(string project) => Path.Combine(folder!, $"{ContentHashes.Of(new StringBuilder(project))[..32]}.txt");

    private sealed record Entry(string Hash, (string Path, string Hash)[] Dependencies, IReadOnlyList<ProjectAnswer> Answers)
    {
        public bool Holds(Func<string, string> hashOf) =>
            Dependencies.All(dependency => dependency.Hash == (IsProject(dependency.Path) ? File.Exists(dependency.Path) ? hashOf(dependency.Path) : "-" : ProjectInputs.HashOf(dependency.Path)))
            && Answers.All(answer => answer.AnalyzerPaths.Concat(answer.ConfigPaths).All(File.Exists)
                && answer.Arguments.Where(IsGeneratedSource).All(argument => File.Exists(Path.GetFullPath(argument, answer.Folder))));

        private static bool IsProject(string path) => path.EndsWith("proj", StringComparison.OrdinalIgnoreCase);

        private static bool IsGeneratedSource(string argument) =>
            argument.EndsWith(".cs", StringComparison.Ordinal) && argument.Contains("obj/", StringComparison.OrdinalIgnoreCase);
    }
}
