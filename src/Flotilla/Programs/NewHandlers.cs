using Flotilla.Core;

namespace Flotilla.Programs;

/// <summary>Writes a new library of handlers that fleets share: a handler, its word for a role, and tests in simulation.</summary>
public static class NewHandlers
{
    /// <summary>Writes the library into a new folder of its name.</summary>
    /// <returns>The files, relative to <paramref name="folder"/>.</returns>
    /// <exception cref="ProblemException">The name cannot be used, or the folder is there already; nothing was written.</exception>
    public static IReadOnlyList<string> Write(string name, string folder) => Template.Write("template-handlers:", "the name of a library", "Handlers", name, folder);
}
