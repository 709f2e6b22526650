using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Frameworks;

/// <summary>
/// Finds the frameworks that a project uses: by what it declares to need and by what its modules import, joined. Nothing of the
/// project is executed, and a file that cannot be read or is broken says nothing; it never ends an inspection.
/// </summary>
public static class FrameworkDetector
{
    /// <summary>The frameworks, sorted by name.</summary>
    public static IReadOnlyList<DetectedFramework> Detect(SourceTree tree)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var files = tree.Files.OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        foreach (var file in files)
            foreach (var name in PythonRequirements.Of(tree.Root, file).Intersect(FrameworkNames.Python).Concat(DotNetReferences.Of(file)))
                found.TryAdd(name, file.Path);
        foreach (var file in files.Where(file => file.Language == Languages.Python && IsOwnCode(file.Path)))
        {
            if (FrameworkNames.Python.All(found.ContainsKey)) break;
            foreach (var name in NeededImports.Of(FileText.Of(file.FullPath, FileText.BytesMax), FrameworkNames.Python))
                if (!IsAdapter(file.Path, name)) found.TryAdd(name, file.Path);
        }
        return [.. found.Select(each => new DetectedFramework(each.Key, each.Value))];
    }

    private static readonly HashSet<string> Foreign = new(["doc", "docs", "example", "examples", "sample", "samples", "t", "test", "testing", "tests"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> AdapterFolders = new(["adapters", "contrib", "ext", "extensions", "fixups", "integrations", "plugins"], StringComparer.OrdinalIgnoreCase);

    // Tests and examples use what the project itself may not need.
    private static bool IsOwnCode(string path)
    {
        var parts = path.Split('/');
        var name = Path.GetFileNameWithoutExtension(parts[^1]);
        return !parts.SkipLast(1).Any(Foreign.Contains) && !name.StartsWith("test_", StringComparison.Ordinal) && !name.EndsWith("_test", StringComparison.Ordinal)
            && !name.EndsWith("_tests", StringComparison.Ordinal) && name is not ("test" or "tests" or "conftest");
    }

    // contrib/django/task.py serves those who use Django; that does not make the project one of them.
    private static bool IsAdapter(string path, string framework)
    {
        var parts = path.Split('/');
        var folder = Array.FindIndex(parts, AdapterFolders.Contains);
        return folder >= 0 && parts.Skip(folder + 1).Any(part => Path.GetFileNameWithoutExtension(part) == framework);
    }
}
