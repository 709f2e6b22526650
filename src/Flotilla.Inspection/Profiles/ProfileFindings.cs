using Flotilla.Core;

namespace Flotilla.Inspection.Profiles;

/// <summary>Collects what the profile validator says, about files below the folders that are the user's.</summary>
internal sealed class ProfileFindings(string root, string treeRoot)
{
    public const string Tool = "profile-validator";

    private readonly List<Finding> _findings = [];

    public IReadOnlyList<Finding> All =>
    [
        .. _findings.Distinct()
            .OrderBy(finding => finding.Location.Path, StringComparer.Ordinal)
            .ThenBy(finding => finding.Location.Line ?? 0)
            .ThenBy(finding => finding.Location.Column ?? 0)
            .ThenBy(finding => finding.Code, StringComparer.Ordinal),
    ];

    /// <summary>How messages call a file: by its path from the working directory where it is below that.</summary>
    public string Shown(string path) => Below(root, path) ?? System.IO.Path.GetFileName(path);

    /// <summary>Adds a finding; nothing happens for a file that belongs to neither folder, such as an installed profile.</summary>
    public void Add(string? path, string code, string message, ProfileNode? at = null, Severity severity = Severity.Warning) =>
        Add(path, code, message, at is null ? null : new SourceLocation(path ?? "", at.Line) { Column = at.Column }, severity);

    public void Add(string? path, string code, string message, SourceLocation? at, Severity severity = Severity.Warning)
    {
        if (path is null || (Below(treeRoot, path) ?? (Below(root, path) is null ? null : path)) is not { } named) return;
        var location = new FindingLocation(named, at is { Line: > 0 } line ? line.Line : null, at is { Column: > 0 } column ? column.Column : null);
        _findings.Add(new Finding(Tool, code, message, location) { Severity = severity });
    }

    private static string? Below(string folder, string path)
    {
        var relative = System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/');
        return relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || System.IO.Path.IsPathRooted(relative) ? null : relative;
    }
}
