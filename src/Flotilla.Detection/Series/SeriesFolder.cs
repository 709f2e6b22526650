using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>Finds the series in a folder.</summary>
public static class SeriesFolder
{
    private static readonly string[] NotSeries = ["LICENSE", "README"];

    /// <summary>
    /// Every series in the files of a folder and the folders in it, in the ordinal order of their paths. Hidden files and folders
    /// are left out, and files named <c>LICENSE…</c>, <c>README…</c>, <c>….md</c> or <c>labels.json</c>. A JSON file of Graphite or Prometheus with several
    /// series gives each of them. A file that is wrong is found as well: reading it says what is wrong, and the others can be read.
    /// </summary>
    /// <param name="folder">The folder, or a single file.</param>
    /// <param name="options">How the series will be read.</param>
    /// <exception cref="ProblemException">
    /// The folder is not there, cannot be listed or has no series in it; or two files have one name, by which results could not tell them apart.
    /// </exception>
    public static IReadOnlyList<SeriesFile> Find(string folder, SeriesOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        var files = new List<SeriesFile>();
        if (File.Exists(folder)) files.Add(FileAt(Path.GetFileName(folder), folder));
        else if (Directory.Exists(folder)) Collect(new DirectoryInfo(folder), "", [], files);
        else throw new ProblemException(new Problem($"There is no folder {folder}.", Fix: "Give the folder that holds the series."));

        if (files.Count == 0)
        {
            throw new ProblemException(new Problem($"There is no series in the folder {folder}.",
                Why: "Hidden files, LICENSE, README, *.md and labels.json do not count.",
                Fix: "Put series there as CSV or JSON, or store some with \"flotilla bench grab URL\"."));
        }
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        RequireDistinctNames(files);
        SeriesFile[] series = [.. files.SelectMany(file => file.Split()).OrderBy(file => file.Path, StringComparer.Ordinal)];
        RequireDistinctNames(series);
        return series;
    }

    /// <summary>Whether <see cref="Find"/> leaves a file of this name out.</summary>
    internal static bool IsLeftOut(string fileName) =>
        fileName.StartsWith('.')
        || fileName.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
        || fileName.Equals("labels.json", StringComparison.OrdinalIgnoreCase)
        || NotSeries.Any(name => fileName.StartsWith(name, StringComparison.Ordinal)
            || Path.GetFileNameWithoutExtension(fileName).Equals(name, StringComparison.OrdinalIgnoreCase));

    // Links are followed, but for those to a folder in which they stand.
    private static void Collect(DirectoryInfo folder, string path, IReadOnlyList<string> above, List<SeriesFile> files)
    {
        var real = folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? (above.Count > 0 ? Path.Combine(above[^1], folder.Name) : folder.FullName);
        if (above.Contains(real, StringComparer.Ordinal)) return;
        IReadOnlyList<string> chain = [.. above, real];
        foreach (var entry in List(folder))
        {
            if (entry is DirectoryInfo inner && !entry.Name.StartsWith('.')) Collect(inner, $"{path}{entry.Name}/", chain, files);
            else if (entry is FileInfo && !IsLeftOut(entry.Name)) files.Add(FileAt(path + entry.Name, entry.FullName));
        }
    }

    private static FileSystemInfo[] List(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem($"The folder {folder.FullName} cannot be listed.", Why: e.Message, Fix: "Allow yourself to read it, or move it away."), e);
        }
    }

    private static SeriesFile FileAt(string path, string fullPath) => new(Path.GetFileNameWithoutExtension(path), path, fullPath);

    private static void RequireDistinctNames(IReadOnlyList<SeriesFile> files)
    {
        var problems = files.GroupBy(file => file.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => new Problem($"{group.Count()} files have the series name \"{group.Key}\": {string.Join(" and ", group.Select(file => file.Path))}.",
                Why: "Results name a series by its file's name without the ending.", Fix: "Rename all but one."))
            .ToArray();
        if (problems.Length > 0) throw new ProblemException(problems);
    }
}
