using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Python;

/// <summary>The folders that the modules of a tree are imported from: the nearest one above each file that is no package.</summary>
internal static class PackageRoots
{
    /// <summary>What makes a folder a package.</summary>
    public const string PackageFile = "__init__.py";

    /// <summary>The folders, sorted.</summary>
    public static IReadOnlyList<string> Of(SourceTree tree) => [.. Files(tree).Select(root => root.Key)];

    /// <summary>The Python files of a tree by the folder that they are imported from, sorted by it.</summary>
    public static IReadOnlyList<IGrouping<string, SourceFile>> Files(SourceTree tree)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        return [.. tree.Of(Languages.Python).GroupBy(file => Above(Path.GetDirectoryName(file.FullPath) ?? "/"), StringComparer.Ordinal).OrderBy(root => root.Key, StringComparer.Ordinal)];

        string Above(string folder) => known.TryGetValue(folder, out var root) ? root : known[folder] = Of(folder);
    }

    /// <summary>The folder that modules in a folder are imported from.</summary>
    public static string Of(string folder)
    {
        while (File.Exists(Path.Combine(folder, PackageFile)) && Path.GetDirectoryName(folder) is { } above) folder = above;
        return folder;
    }
}
