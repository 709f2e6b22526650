namespace Flotilla.Inspection.Frameworks;

/// <summary>A framework that a project uses.</summary>
/// <param name="Name">One of <see cref="FrameworkNames.All"/>.</param>
/// <param name="Because">The file that shows it, relative to the root of the inspection: the first by path of those that declare it, else of those that import it.</param>
public sealed record DetectedFramework(string Name, string Because);
