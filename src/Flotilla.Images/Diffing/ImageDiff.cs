namespace Flotilla.Images.Diffing;

/// <summary>What changed from one image to another. Paths as in <see cref="ImageEntry.Path"/>, sorted by their letters' numbers.</summary>
/// <param name="Added">Paths that only the second has.</param>
/// <param name="Removed">Paths that only the first has.</param>
/// <param name="Changed">Paths that both have, with something else there.</param>
/// <param name="Packages">The packages that came, went or changed.</param>
public sealed record ImageDiff(IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<EntryChange> Changed, PackageDiff Packages)
{
    /// <summary>True when nothing changed.</summary>
    public bool IsEmpty => Added.Count == 0 && Removed.Count == 0 && Changed.Count == 0 && Packages.IsEmpty;
}

/// <summary>A path whose file, or what the tar says of it, is another.</summary>
/// <param name="Path">Where.</param>
/// <param name="Content">Whether a file's content or a link's target differs.</param>
/// <param name="Metadata">What else differs: <c>type</c>, <c>mode</c>, <c>owner</c>, <c>mtime</c>, <c>device</c>, <c>xattrs</c>.</param>
public sealed record EntryChange(string Path, bool Content, IReadOnlyList<string> Metadata);

/// <summary>Differences between the package databases of two images.</summary>
/// <param name="Managers">Whose databases were found in either: <c>dpkg</c>, <c>apk</c>, <c>rpm</c>.</param>
/// <param name="Added">Packages that only the second has.</param>
/// <param name="Removed">Packages that only the first has.</param>
/// <param name="Changed">Packages of another version.</param>
/// <param name="Unread">Databases that differ but cannot be read, so that nothing is said of their packages, each with the reason.</param>
public sealed record PackageDiff(
    IReadOnlyList<string> Managers, IReadOnlyList<Package> Added, IReadOnlyList<Package> Removed, IReadOnlyList<PackageChange> Changed, IReadOnlyList<string> Unread)
{
    /// <summary>True when no package changed.</summary>
    public bool IsEmpty => Added.Count == 0 && Removed.Count == 0 && Changed.Count == 0;
}

/// <summary>An installed package.</summary>
/// <param name="Manager">Whose: <c>dpkg</c>, <c>apk</c>, <c>rpm</c>.</param>
/// <param name="Name">Its name, with the architecture, or else the version, where several of that name are installed.</param>
/// <param name="Version">Its version, as the manager writes it.</param>
public sealed record Package(string Manager, string Name, string Version);

/// <summary>A package whose version changed.</summary>
public sealed record PackageChange(string Manager, string Name, string From, string To);
