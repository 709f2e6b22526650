using System.Runtime.CompilerServices;
using Flotilla.Core;

namespace Flotilla;

/// <summary>Apps, as words of a role.</summary>
public static class RoleApps
{
    /// <summary>A long-running program.</summary>
    /// <param name="role">The role whose hosts run it.</param>
    /// <param name="name">Unique in the fleet: lower-case letters, digits and <c>-</c>.</param>
    /// <param name="describe">Says what to run and how.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Role App(this Role role, string name, Action<AppBuilder> describe,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(describe);
        var app = new AppBuilder(name, new SourceLocation(file, line));
        describe(app);
        return role.Add(app.Build());
    }
}
