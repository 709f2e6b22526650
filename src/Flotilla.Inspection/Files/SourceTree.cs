namespace Flotilla.Inspection.Files;

/// <summary>What an inspection looks at.</summary>
/// <param name="Root">The folder that paths are relative to, absolute.</param>
/// <param name="Files">Sorted by path, ordinally.</param>
public sealed record SourceTree(string Root, IReadOnlyList<SourceFile> Files)
{
    /// <summary>The files of one language.</summary>
    public IEnumerable<SourceFile> Of(string language) => Files.Where(file => file.Language == language);
}
