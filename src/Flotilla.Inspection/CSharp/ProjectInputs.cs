using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Flotilla.Inspection.Files.Real;

namespace Flotilla.Inspection.CSharp;

/// <summary>The files that decide what a project's compiler arguments are.</summary>
internal static partial class ProjectInputs
{
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    private static readonly string[] Upwards =
        ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Directory.Build.rsp", "global.json"];

    private static readonly string[] Configurations = [".editorconfig", ".globalconfig"];

    private static readonly HashSet<string> Passed = new(StringComparer.Ordinal) { "bin", "obj", "node_modules", "TestResults", "artifacts" };

    /// <summary>The project file and all that it imports by a path that can be told from its text, whether they exist or not, sorted.</summary>
    public static IReadOnlyList<string> MSBuildFiles(string project)
    {
        var folder = Path.GetDirectoryName(project)!;
        var files = new SortedSet<string>(StringComparer.Ordinal) { project };
        foreach (var above in Above(folder))
            foreach (var name in Upwards) files.Add(Path.Combine(above, name));
        foreach (var file in files.ToArray()) AddImports(file, folder, files);
        return [.. files];
    }

    /// <summary>Configuration files of analysers from the project's folder upwards, whether they exist or not.</summary>
    public static IReadOnlyList<string> ConfigurationFiles(string project) =>
        [.. Above(Path.GetDirectoryName(project)!).SelectMany(above => Configurations.Select(name => Path.Combine(above, name)))];

    /// <summary>The projects that a project refers to, directly or not, as far as its text names them; sorted.</summary>
    public static IReadOnlyList<string> ReferencedProjects(string project)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        AddReferences(project, found);
        found.Remove(project);
        return [.. found];
    }

    /// <summary>The C# files below a project's folder, sorted.</summary>
    public static IReadOnlyList<string> Sources(string project)
    {
        var files = new List<string>();
        AddFiles(new DirectoryInfo(Path.GetDirectoryName(project)!), 0, file => files.Add(file.FullName));
        return [.. files.Where(path => path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
    }

    /// <summary>A hash of what decides the arguments, the project's references aside.</summary>
    /// <remarks>
    /// Contents of the MSBuild files, existence of configuration files, and the names of all files below the project, since its
    /// globs may take any. Of a file-based program only the directives count, so that an edit of its code asks nothing anew.
    /// </remarks>
    public static string Hash(string project, string salt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, salt);
        foreach (var file in MSBuildFiles(project).Where(File.Exists))
        {
            Add(hash, file);
            if (file.EndsWith(".cs", StringComparison.Ordinal))
                foreach (var line in Directives(file)) Add(hash, line);
            else
                hash.AppendData(SHA256.HashData(RegularFile.Read(file)));
        }
        foreach (var file in ConfigurationFiles(project).Where(File.Exists)) Add(hash, file);
        if (!project.EndsWith(".cs", StringComparison.Ordinal)) AddFiles(new DirectoryInfo(Path.GetDirectoryName(project)!), 0, file => Add(hash, file.FullName));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A hash of one file's bytes; <c>-</c> when there is none, <c>?</c> when it cannot be read.</summary>
    public static string HashOf(string file)
    {
        try
        {
            return File.Exists(file) ? Convert.ToHexStringLower(SHA256.HashData(RegularFile.Read(file))) : "-";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }

    /// <summary>The lines of a file-based program that say how to build it: <c>#!</c> and <c>#:</c> at its top.</summary>
    public static IReadOnlyList<string> Directives(string file)
    {
        var found = new List<string>();
        foreach (var line in File.ReadLines(file).Select(line => line.Trim().TrimStart('\uFEFF')))
        {
            if (line.StartsWith("#:", StringComparison.Ordinal) || line.StartsWith("#!", StringComparison.Ordinal)) found.Add(line);
            else if (line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)) break;
        }
        return found;
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (var above = folder; above is not null; above = Path.GetDirectoryName(above)) yield return above;
    }

    private static void AddImports(string file, string projectFolder, SortedSet<string> files)
    {
        if (!File.Exists(file) || file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal)) return;
        foreach (Match import in Import().Matches(File.ReadAllText(file)))
        {
            var path = import.Groups["path"].Value
                .Replace("$(MSBuildThisFileDirectory)", Path.GetDirectoryName(file) + "/", StringComparison.OrdinalIgnoreCase)
                .Replace("$(MSBuildProjectDirectory)", projectFolder, StringComparison.OrdinalIgnoreCase)
                .Replace('\\', '/');
            if (path.Contains('$', StringComparison.Ordinal) || path.Contains('*', StringComparison.Ordinal)) continue;
            path = Path.GetFullPath(path, Path.GetDirectoryName(file)!);
            if (files.Add(path)) AddImports(path, projectFolder, files);
        }
    }

    private static void AddReferences(string project, SortedSet<string> found)
    {
        if (!File.Exists(project)) return;
        var named = project.EndsWith(".cs", StringComparison.Ordinal)
            ? Directives(project).Where(line => line.StartsWith("#:project ", StringComparison.Ordinal)).Select(line => line["#:project ".Length..].Trim())
            : MSBuildFiles(project).Where(File.Exists).SelectMany(file => Reference().Matches(File.ReadAllText(file))).Select(match => match.Groups["path"].Value);
        foreach (var name in named.Where(name => !name.Contains('$', StringComparison.Ordinal)).ToArray())
        {
            var path = Path.GetFullPath(name.Replace('\\', '/'), Path.GetDirectoryName(project)!);
            // A directive may name the folder alone.
            if (Directory.Exists(path)) path = Directory.GetFiles(path, "*.csproj").Order(StringComparer.Ordinal).FirstOrDefault() ?? path;
            if (found.Add(path)) AddReferences(path, found);
        }
    }

    private static void AddFiles(DirectoryInfo folder, int depth, Action<FileInfo> take)
    {
        // Links are not followed; nothing that a project globs is 40 folders deep.
        if (depth > 40) return;
        foreach (var entry in folder.EnumerateFileSystemInfos("*", Readable).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry is FileInfo file) take(file);
            else if (entry is DirectoryInfo below && !Passed.Contains(entry.Name) && entry.Name[0] != '.' && entry.LinkTarget is null) AddFiles(below, depth + 1, take);
        }
    }

    private static void Add(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));

    [GeneratedRegex("""<Import\s[^>]*?Project\s*=\s*["'](?<path>[^"']+)["']""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Import();

    [GeneratedRegex("""<ProjectReference\s[^>]*?Include\s*=\s*["'](?<path>[^"']+)["']""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}
