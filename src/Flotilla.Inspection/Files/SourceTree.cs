namespace Flotilla.Inspection.Files;

/// <summary>What an inspection looks at.</summary>
/// <param name="Root">The folder that paths are relative to, absolute.</param>
/// <param name="Files">Sorted by path, ordinally.</param>
public sealed record SourceTree(string Root, IReadOnlyList<SourceFile> Files)
{
    /// <summary>Files that no program in .NET can open, for their names are not UTF-8: the names as they are shown.</summary>
    public IReadOnlyList<string> Unopenable { get; init; } = [];

    /// <summary>A path of this machine as it is called in the tree; one outside of it as it is. The same tree elsewhere has the same names.</summary>
    internal string Inside(string fullPath) => Inside(Root, fullPath);

    /// <summary>The same for the tree of a root.</summary>
    internal static string Inside(string root, string fullPath)
    {
        var relative = Path.GetRelativePath(root, fullPath);
        return relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) ? fullPath : relative;
    }

    /// <summary>The files of one language.</summary>
    public IEnumerable<SourceFile> Of(string language) => Files.Where(file => file.Language == language);
}
