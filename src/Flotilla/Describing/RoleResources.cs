using System.Runtime.CompilerServices;
using Flotilla.Core;
using Flotilla.Resources;

namespace Flotilla;

/// <summary>The resources that Flotilla ships, as words of a role.</summary>
public static class RoleResources
{
    /// <summary>A regular file.</summary>
    /// <param name="role">The role whose hosts have it.</param>
    /// <param name="path">Absolute.</param>
    /// <param name="content">All of its text; null to manage the attributes alone.</param>
    /// <param name="mode">Octal permissions such as <c>"0640"</c>; null to leave them.</param>
    /// <param name="owner">A user's name; null to leave it.</param>
    /// <param name="group">A group's name; null to leave it.</param>
    /// <param name="absent">True when it must not be there.</param>
    /// <param name="sensitive">True keeps its content out of plans and reports.</param>
    /// <param name="keepBackup">True keeps the content it had before beside it.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static FileResource File(this Role role, string path, string? content = null, string? mode = null, string? owner = null,
        string? group = null, bool absent = false, bool sensitive = false, bool keepBackup = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        role.Add(new FileResource(path)
        {
            Content = content,
            Mode = mode,
            Owner = owner,
            Group = group,
            IsAbsent = absent,
            IsSensitive = sensitive,
            KeepBackup = keepBackup,
            Declared = new SourceLocation(file, line),
        });

    /// <summary>A directory.</summary>
    /// <inheritdoc cref="File"/>
    public static DirectoryResource Directory(this Role role, string path, string? mode = null, string? owner = null, string? group = null,
        bool absent = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        role.Add(new DirectoryResource(path)
        {
            Mode = mode,
            Owner = owner,
            Group = group,
            IsAbsent = absent,
            Declared = new SourceLocation(file, line),
        });
}
